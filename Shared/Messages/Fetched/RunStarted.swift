/// A run begins, or goes on with a new holder. Written by the fetcher, handed on by the mapper, read by
/// the writer. Topics `wecom.records.v1` and `directory.records.v1`.
public struct RunStarted: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("run-started")

    /// What is synchronised.
    public var kind: RunSync.Kind
    /// Which objects are read, by a run of kind `objects`.
    public var target: RunTarget?
    /// What is decided about, by a run of kind `apply`, `reject` or `undo`.
    public var selection: HeldSelection?
    /// Whether nothing may be written to the directory.
    public var isDryRun: Bool
    /// The run whose plan is carried out: if this run would do anything else, it does nothing.
    public var plan: Epoch?
    /// What the run means to the directory: the writer goes by it alone.
    public var terms: RunTerms
    /// When the run was asked for.
    public var requestedAt: Timestamp

    /// All of it at once.
    public init(
        kind: RunSync.Kind,
        target: RunTarget? = nil,
        selection: HeldSelection? = nil,
        isDryRun: Bool,
        plan: Epoch? = nil,
        terms: RunTerms,
        requestedAt: Timestamp
    ) {
        self.kind = kind
        self.target = target
        self.selection = selection
        self.isDryRun = isDryRun
        self.plan = plan
        self.terms = terms
        self.requestedAt = requestedAt
    }
}
