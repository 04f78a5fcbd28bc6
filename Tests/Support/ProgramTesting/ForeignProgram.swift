public import Foundation

/// A program that is not ours, as a test runs it: it reads from a file, and what it says goes to one.
///
/// No `readabilityHandler` reads from it: such a handler's descriptor can be closed before the dispatch library has let
/// go of it. Where a child that was begun meanwhile holds it as well, the kernel goes on telling of what is freed, and
/// the process crashes, or none of its timers ends any more.
public final class ForeignProgram: Sendable {
    private let process: Process
    private let folder: URL

    private var said: URL { folder.appending(path: "said") }

    /// Begins it.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - variables: Those that it gets besides the test's own.
    ///   - input: What it can read.
    public init(
        _ path: String,
        _ arguments: [String],
        _ variables: [String: String] = [:],
        input: Data = Data()
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
        process = Process()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let told = folder.appending(path: "told")
        try input.write(to: told)
        try Data().write(to: said)
        let output = try FileHandle(forWritingTo: said)
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: told)
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    /// Runs it to its end.
    ///
    /// - Returns: How it ended, and all that it said.
    public static func run(
        _ path: String,
        _ arguments: [String],
        input: Data = Data()
    ) async throws -> (status: Int32, output: String) {
        let program = try ForeignProgram(path, arguments, input: input)
        defer { program.end() }
        while true {
            if let status = program.status { return (status, program.output) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// All that it said so far.
    public var output: String { (try? String(contentsOf: said, encoding: .utf8)) ?? "" }

    /// How it ended; nil while it runs.
    public var status: Int32? { process.isRunning ? nil : process.terminationStatus }

    /// Ends it, whatever it does: it is begun with SIGTERM blocked, as Foundation's threads have it.
    public func end() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }
}
