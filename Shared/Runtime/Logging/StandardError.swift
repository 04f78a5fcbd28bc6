import Foundation
import Synchronization

/// The process's standard error, one line at a time.
public enum StandardError {
    private static let turn = Mutex(())

    /// Writes text at once; what cannot be written is dropped.
    public static func write(_ text: String) {
        turn.withLock { _ in try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
    }
}
