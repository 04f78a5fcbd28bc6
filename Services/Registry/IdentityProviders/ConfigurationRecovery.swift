import FoundationEssentials
import Messages
import Postgres
import Runtime

/// Takes over from the topics of configurations what this registry does not know, or knows in an older state: its database
/// was restored from a backup, and every reader goes on with what was told since.
///
/// Each is a transaction of its own and becomes a further revision, so that readers and registry agree again; done once
/// more it changes nothing.
struct ConfigurationRecovery: Sendable {
    let providers: IdentityProviderStore
    let clients: ClientStore
    let told: ToldConfigurations

    /// How many were taken over.
    struct Recovered: Encodable, Sendable, Equatable {
        var configurations = 0
        var clients = 0
        /// Tenants that are known by their identity providers alone, under their enterprise ID as name.
        var tenants = 0
    }

    /// - Throws: `KafkaError`, `PostgresError`.
    func recover(by caller: Caller) async throws -> Recovered {
        let contents = try await told.read()
        let entry = AuditEntry("configurations.recovered", "registry", UUIDv7.make(), of: nil, by: caller.actor)
        try await providers.ledger.change { try entry.append(on: $0) }
        var recovered = Recovered()
        for configuration in contents.providers.values.sorted(by: { $0.id.description < $1.id.description }) {
            let (isTaken, isNewTenant) = try await providers.ledger.change {
                try take(configuration, by: caller.actor, on: $0)
            }
            if isTaken { recovered.configurations += 1 }
            if isNewTenant { recovered.tenants += 1 }
        }
        for client in contents.clients.values.sorted(by: { $0.id.description < $1.id.description }) {
            if try await clients.recover(client, by: caller.actor) { recovered.clients += 1 }
        }
        return recovered
    }

    private func take(
        _ told: IdentityProviderConfiguration,
        by actor: AuditActor,
        on connection: isolated Connection
    ) throws -> (isTaken: Bool, isNewTenant: Bool) {
        var configuration = told
        let row = try IdentityProviderStore.lockedRow(told.id, evenDeleted: true, on: connection).first
        if let row {
            guard let known = providers.ledger.readable([row]).first else { return (false, false) }
            guard told.revision >= known.configuration.revision, told != known.configuration else {
                return (false, false)
            }
            var changed = known
            configuration.revision = told.revision.next
            changed.configuration = configuration
            try providers.store(&changed, after: known, by: actor, as: "idp.recovered", on: connection)
            return (true, false)
        }
        let made = try connection.run(
            """
            insert into registry.tenants (id, name, enterprise_id, created_at)
            values (\(told.tenant), \(told.enterpriseID.description), \(told.enterpriseID.description), now())
            on conflict do nothing returning 1
            """
        )
        // Somebody else's by now: such an identity provider is nobody's any more.
        let owner = try connection.run("select 1 from registry.tenants where id = \(told.tenant)")
        guard !owner.isEmpty else { return (false, false) }
        configuration.revision = told.revision.next
        _ = try providers.insert(configuration, by: actor, as: "idp.recovered", on: connection)
        return (true, !made.isEmpty)
    }
}
