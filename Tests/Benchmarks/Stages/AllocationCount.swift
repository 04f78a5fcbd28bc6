import Foundation
import SuiteTesting

/// How often a program asks for memory, counted by a library that is loaded before the C library.
struct AllocationCount {
    private let library: URL
    private let file: URL

    /// - Returns: `nil` where the library was not built.
    init?(in directory: URL) {
        library = SuiteGround.programs.appendingPathComponent("libAllocationCounter.so")
        guard FileManager.default.fileExists(atPath: library.path) else { return nil }
        file = directory.appendingPathComponent("allocations-\(UUID().uuidString)")
    }

    /// What a program has to be started with.
    var variables: [String: String] { ["LD_PRELOAD": library.path, "ALLOCATION_COUNT": file.path] }

    /// Calls so far, of all programs that were started with the variables.
    func read() throws -> UInt64 {
        let bytes = [UInt8](try Data(contentsOf: file))
        guard bytes.count == 8 else { throw BenchmarkFailure("the count of allocations has \(bytes.count) bytes") }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    func remove() { try? FileManager.default.removeItem(at: file) }
}
