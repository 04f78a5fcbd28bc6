import Kafka
import Messages
import Outbox
import Pipeline
import Postgres
import Traces

/// What the verifier tells on `auth.events.v1`: written in the transaction that makes it true, relayed afterwards.
struct AuthenticationEvents: Sendable {
    /// Where records wait for the relay.
    let outbox: Outbox
    /// Which installation's topics.
    let namespace: TopicNamespace
    /// Which instance speaks, such as `auth-verifier/1`.
    let source: String
    /// Has the relay look now.
    let nudge: @Sendable () -> Void

    /// Writes one event.
    func append(
        _ message: some Message,
        tenant: TenantID,
        identityProvider: IdentityProviderID,
        trace: TraceContext = .current,
        on connection: isolated Connection
    ) throws {
        let record = try record(message, tenant, identityProvider, trace)
        try outbox.append([record], on: connection)
    }

    /// What writes one event, for a pipeline at the end of a transaction.
    func appending(
        _ message: some Message,
        tenant: TenantID,
        identityProvider: IdentityProviderID
    ) throws -> [SQL] {
        try outbox.appending(record(message, tenant, identityProvider, .make()))
    }

    private func record(
        _ message: some Message,
        _ tenant: TenantID,
        _ identityProvider: IdentityProviderID,
        _ trace: TraceContext
    ) throws -> OutgoingRecord {
        let envelope = Envelope(
            type: Swift.type(of: message).type,
            source: source,
            tenant: tenant,
            identityProvider: identityProvider,
            trace: trace
        )
        return try OutgoingRecord(message, envelope: envelope, in: namespace)
    }
}
