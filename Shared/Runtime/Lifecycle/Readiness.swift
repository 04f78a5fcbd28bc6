import Synchronization

/// Whether a program can do its work at present, and what keeps it from it.
///
/// Liveness is another matter: a program without its broker is alive and not ready.
public final class Readiness: Sendable {
    private let found = Mutex<[String: String]>([:])
    private let remarked = Mutex<[String: String]>([:])

    /// Ready, until something says that it is not.
    public init() {}

    /// Says whether one of the things that are needed is there.
    ///
    /// - Parameters:
    ///   - name: The thing, such as `configuration`.
    ///   - reason: What keeps it; shown on `/readyz`, so never with a secret.
    public func set(_ name: String, ready: Bool, reason: String? = nil) {
        found.withLock { $0[name] = ready ? nil : reason ?? "not ready" }
    }

    /// Says what somebody should look after though the program does its work; shown on `/readyz` without making it red.
    ///
    /// - Parameter text: What it is, never with a secret; `nil` when there is nothing any more.
    public func remark(_ name: String, _ text: String?) {
        remarked.withLock { $0[name] = text }
    }

    /// What should be looked after.
    public var remarks: [String: String] { remarked.withLock { $0 } }

    /// Whether all that is needed is there.
    public var isReady: Bool { found.withLock { $0.isEmpty } }

    /// What is not there, and why.
    public var obstacles: [String: String] { found.withLock { $0 } }
}
