import FoundationEssentials
import Messages
import Postgres
import Traces

/// Which run it is, and whose: enough to answer it, also where nothing else of it can be read.
struct RunSubject: Equatable, Sendable {
    let run: RunID
    let identityProvider: IdentityProviderID
    let tenant: TenantID
    let epoch: Epoch
    let trace: TraceContext

    init(run: RunID, identityProvider: IdentityProviderID, tenant: TenantID, epoch: Epoch, trace: TraceContext) {
        self.run = run
        self.identityProvider = identityProvider
        self.tenant = tenant
        self.epoch = epoch
        self.trace = trace
    }

    /// The run that an envelope names; `nil` when it names none.
    init?(_ envelope: Envelope) {
        guard let run = envelope.run, let epoch = envelope.position?.epoch else { return nil }
        self.init(
            run: run,
            identityProvider: envelope.identityProvider,
            tenant: envelope.tenant,
            epoch: epoch,
            trace: envelope.trace
        )
    }

    /// What ``init(_:)-(Row)`` reads, of `fetcher.inbox i`.
    static let columns: SQL = "i.run, i.idp, i.tenant, i.epoch, i.traceparent"
    static let columnCount = 5

    /// Reads a row that begins with ``columns``; their types leave nothing that could not be read.
    init(_ row: Row) throws {
        let (run, idp, tenant, epoch, trace) = try row.decode(
            UUID.self,
            UUID.self,
            UUID.self,
            Int64.self,
            String.self
        )
        self.init(
            run: RunID(run),
            identityProvider: IdentityProviderID(idp),
            tenant: TenantID(tenant),
            epoch: Epoch(rawValue: epoch),
            trace: TraceContext(trace) ?? .make()
        )
    }

    /// The run as the identity provider's owner knows it, who waits for its end, whoever the command named.
    func owned(by owner: TenantID?) -> RunSubject {
        RunSubject(
            run: run,
            identityProvider: identityProvider,
            tenant: owner ?? tenant,
            epoch: epoch,
            trace: trace
        )
    }

    /// An envelope of a message about the run.
    func envelope(_ type: MessageType, source: String, fence: Fence) -> Envelope {
        Envelope(
            type: type,
            source: source,
            tenant: tenant,
            identityProvider: identityProvider,
            run: run,
            position: RunPosition(epoch: epoch, fence: fence),
            trace: TraceSpan.current?.context ?? trace
        )
    }
}
