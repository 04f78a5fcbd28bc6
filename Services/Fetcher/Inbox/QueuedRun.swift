import Messages

/// A run that the registry asked for, as the inbox keeps it.
struct QueuedRun: Equatable, Sendable {
    let run: RunID
    let identityProvider: IdentityProviderID
    let tenant: TenantID
    let epoch: Epoch
    let kind: RunSync.Kind
    let isDryRun: Bool
    let revision: Revision
    let requestedAt: Timestamp
    let trace: TraceContext
    /// The run before, if the directory holds exactly what that one read.
    let basis: Epoch?

    init(
        run: RunID,
        identityProvider: IdentityProviderID,
        tenant: TenantID,
        epoch: Epoch,
        kind: RunSync.Kind,
        isDryRun: Bool,
        revision: Revision,
        requestedAt: Timestamp,
        trace: TraceContext,
        basis: Epoch? = nil
    ) {
        self.run = run
        self.identityProvider = identityProvider
        self.tenant = tenant
        self.epoch = epoch
        self.kind = kind
        self.isDryRun = isDryRun
        self.revision = revision
        self.requestedAt = requestedAt
        self.trace = trace
        self.basis = basis
    }

    init(_ command: RunSync, _ envelope: Envelope) {
        self.init(
            run: command.run,
            identityProvider: envelope.identityProvider,
            tenant: envelope.tenant,
            epoch: command.epoch,
            kind: command.kind,
            isDryRun: command.isDryRun,
            revision: command.configurationRevision,
            requestedAt: command.requestedAt,
            trace: envelope.trace,
            basis: command.basis
        )
    }
}
