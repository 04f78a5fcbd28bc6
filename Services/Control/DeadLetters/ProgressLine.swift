import Foundation

/// A line that says how far something has come, on a terminal alone.
enum ProgressLine {
    /// What to call with how many are done.
    static func show(of total: Int) -> (Int) -> Void {
        guard isatty(STDERR_FILENO) == 1, total > 0 else { return { _ in } }
        return { done in
            let end = done >= total ? "\n" : ""
            FileHandle.standardError.write(Data("\r\(done) of \(total)\(end)".utf8))
        }
    }
}
