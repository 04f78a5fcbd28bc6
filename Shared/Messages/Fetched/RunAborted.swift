/// A run ends before all was read or mapped. Written by the fetcher, handed on or written by the mapper, read by the
/// writer.
/// Topics `wecom.records.v1` and `directory.records.v1`.
public struct RunAborted: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("run-aborted")

    /// How it ends: `failed`, `cancelled` or `skipped`.
    public var outcome: RunOutcome
    /// Why, in one sentence for administrators.
    public var reason: String
    /// Why, for programs that act on it.
    public var cause: RunEndCause?
    /// WeCom's error code, if that was it.
    public var errorCode: Int?

    /// - Parameters:
    ///   - outcome: How it ends.
    ///   - reason: Why, in one sentence for administrators.
    ///   - cause: Why, for programs that act on it.
    ///   - errorCode: WeCom's error code, if that was it.
    public init(outcome: RunOutcome, reason: String, cause: RunEndCause? = nil, errorCode: Int? = nil) {
        self.outcome = outcome
        self.reason = reason
        self.cause = cause
        self.errorCode = errorCode
    }
}
