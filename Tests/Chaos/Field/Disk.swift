import Foundation

/// A small file system that PostgreSQL's tables lie on.
struct Disk: Sendable {
    private static let portion = 1 << 20

    let folder: URL

    private var filler: URL { folder.appendingPathComponent("filler") }

    /// Takes all that is free.
    func fill() throws {
        _ = FileManager.default.createFile(atPath: filler.path, contents: nil)
        let file = try FileHandle(forWritingTo: filler)
        defer { try? file.close() }
        var portion = Data(count: Self.portion)
        while !portion.isEmpty {
            do {
                try file.write(contentsOf: portion)
            } catch {
                // What does not fit any more may in part.
                portion = Data(count: portion.count / 2)
            }
        }
    }

    func free() { try? FileManager.default.removeItem(at: filler) }
}
