import Foundation
import Synchronization

/// Reads on in logs from where it was.
final class LogReader: Sendable {
    private let files: [URL]
    private let offsets = Mutex<[URL: UInt64]>([:])

    init(_ files: [URL]) { self.files = files }

    /// What each has got since the last time.
    func news() throws -> [(file: String, bytes: Data)] {
        try files.compactMap { file in
            guard let handle = try? FileHandle(forReadingFrom: file) else { return nil }
            defer { try? handle.close() }
            try handle.seek(toOffset: offsets.withLock { $0[file] ?? 0 })
            let bytes = try handle.readToEnd() ?? Data()
            let end = try handle.offset()
            offsets.withLock { $0[file] = end }
            return bytes.isEmpty ? nil : (file.lastPathComponent, bytes)
        }
    }
}
