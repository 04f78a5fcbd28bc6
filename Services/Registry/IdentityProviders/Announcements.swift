import FoundationEssentials
import Kafka
import Mapping
import Messages
import Pipeline
import Traces

/// The records that the registry publishes.
struct Announcements: Sendable {
    /// Which installation's topics.
    let namespace: TopicNamespace
    /// What envelopes say of this program: `idp-registry/<instance>`.
    let source: String
    /// For how many hours plans can be carried out.
    var planHours = 24

    /// The whole state of an identity provider.
    func configuration(_ configuration: IdentityProviderConfiguration) throws -> OutgoingRecord {
        try record(configuration, about: configuration.id, of: configuration.tenant)
    }

    /// The whole state of a client.
    func client(_ configuration: ClientConfiguration) throws -> OutgoingRecord {
        let envelope = ClientEnvelope(
            type: ClientConfiguration.type,
            source: source,
            tenant: configuration.tenant,
            client: configuration.id
        )
        return try OutgoingRecord(configuration, envelope: envelope, in: namespace)
    }

    /// Asks for a run, on the terms of the configuration.
    ///
    /// - Parameter basis: The run that this one may go on from.
    func start(
        _ run: Run,
        under configuration: IdentityProviderConfiguration,
        basis: Epoch?
    ) throws -> OutgoingRecord {
        var terms = configuration.terms
        if CompiledMapping(configuration).asksForDepartmentPaths { terms.tellsDepartmentPaths = true }
        if run.isDryRun || run.plan != nil { terms.planHours = planHours }
        let message = RunSync(
            run: run.id,
            epoch: run.epoch,
            kind: run.kind,
            target: run.work.target,
            selection: run.work.selection,
            isDryRun: run.isDryRun,
            plan: run.plan?.epoch,
            terms: terms,
            configurationRevision: configuration.revision,
            cause: run.cause,
            requestedAt: run.requestedAt,
            basis: basis
        )
        return try record(message, about: run.idpID, of: run.tenant, run: run)
    }

    /// Asks that a run be ended.
    func cancel(_ run: Run) throws -> OutgoingRecord {
        try record(CancelRun(run: run.id, epoch: run.epoch), about: run.idpID, of: run.tenant, run: run)
    }

    private func record(
        _ message: some Message,
        about id: IdentityProviderID,
        of tenant: TenantID,
        run: Run? = nil
    ) throws -> OutgoingRecord {
        let envelope = Envelope(
            type: type(of: message).type,
            source: source,
            tenant: tenant,
            identityProvider: id,
            run: run?.id,
            position: run.map { RunPosition(epoch: $0.epoch, fence: Fence(rawValue: 0)) },
            trace: run?.trace ?? .current
        )
        return try OutgoingRecord(message, envelope: envelope, in: namespace)
    }
}
