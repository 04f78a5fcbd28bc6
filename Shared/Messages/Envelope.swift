public import Traces

/// What is known of a message about an identity provider without reading it: CloudEvents 1.0 in Kafka's binary mode
/// (architecture.md §2).
public struct Envelope: MessageEnvelope, Equatable {
    /// Which message, however often it is delivered.
    public var id: EventID
    /// What the value is.
    public var type: MessageType
    /// Which program wrote it, such as `wecom-fetcher/3`.
    public var source: String
    /// When it was written.
    public var time: Timestamp
    /// Whose it is.
    public var tenant: TenantID
    /// Which identity provider it is about; also the key.
    public var identityProvider: IdentityProviderID
    /// Which run it belongs to, if any.
    public var run: RunID?
    /// Which run of the identity provider, and which holder of it, if any.
    public var position: RunPosition?
    /// The trace that it belongs to.
    public var trace: TraceContext

    /// A new envelope, with an id and a time of its own.
    public init(
        type: MessageType,
        source: String,
        tenant: TenantID,
        identityProvider: IdentityProviderID,
        run: RunID? = nil,
        position: RunPosition? = nil,
        trace: TraceContext = .current,
        time: Timestamp = .now,
        id: EventID = .make()
    ) {
        self.id = id
        self.type = type
        self.source = source
        self.time = time
        self.tenant = tenant
        self.identityProvider = identityProvider
        self.run = run
        self.position = position
        self.trace = trace
    }

    /// The record's key: all that is about one identity provider stays in order on one partition.
    public var key: String { identityProvider.description }
}
