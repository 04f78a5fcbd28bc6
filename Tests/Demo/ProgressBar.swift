import Foundation
import Glibc
import SuiteTesting

/// A bar that grows with the people seen, on a terminal; nothing elsewhere.
struct ProgressBar {
    private static let width = 40
    private let total: Int
    private let isTerminal = isatty(STDERR_FILENO) == 1

    /// - Parameter total: People that are expected.
    init(of total: Int) { self.total = total }

    func show(_ run: Registry.Run) {
        guard isTerminal else { return }
        let seen = max(run.progress.usersSeen, run.counts.users.seen)
        let done = run.state == "finished" ? Self.width : min(Self.width, seen * Self.width / max(total, 1))
        let bar = String(repeating: "█", count: done) + String(repeating: "░", count: Self.width - done)
        let end = run.state == "finished" ? "\n" : ""
        FileHandle.standardError.write(Data("\r    \(bar) \(seen) of \(total) people\(end)".utf8))
    }
}
