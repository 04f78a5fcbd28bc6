import Egress
import FoundationEssentials
import Logging
import Messages
import Postgres
import Runtime
import Sealing
import WeCom

/// Looks at an identity provider's set-up: what works, what does not, and who mends it how.
///
/// People are looked at, and nothing of them is kept. Who asks at the same time is answered alike.
struct PreflightService: Sendable {
    let providers: IdentityProviderStore
    let wecom: WeComClient
    let keys: SealingKeys
    let budget: OutsideBudget
    let memory: any CredentialMemory
    /// The provider's template; nil when this installation is no provider.
    let template: SuiteID?
    let places: PreflightPlaces
    let logger: Logger

    private static let deadline = Duration.seconds(25)

    private static let session = SessionSettings(
        concurrency: 5,
        busyRetries: 1,
        transportRetries: 1,
        concurrencyRetries: 2,
        pause: .seconds(1),
        maximumPauses: 0
    )

    private var database: Database { providers.ledger.database }

    /// Looks at an identity provider as it is set up now.
    ///
    /// Throws ``TooManyCalls`` when that is asked for too often.
    func report(of provider: IdentityProvider) async throws -> PreflightReport {
        let configuration = provider.configuration
        let proxy = try HTTPProxy.of(configuration, openedBy: keys)
        let corpID = configuration.connection.flatMap { try? CorpID($0.corpID) }
        try await budget.spend(OutsideCall(.preflight, tenant: provider.tenant, corp: corpID, proxy: proxy))
        var facts = PreflightFacts(configuration: configuration, places: places)
        facts.hasProvider = template != nil
        (facts.ticketAge, facts.silence) = try await pushes()
        let client = wecom.through(proxy)
        let reading = PreflightReading(facts, client: client, session: try session(configuration, client))
        facts = await reading.read(within: Self.deadline)
        facts.hasNeighbour = try await hasNeighbour(configuration, facts.probe.value?.callerAddress)
        return PreflightReport(facts)
    }

    private func session(
        _ configuration: IdentityProviderConfiguration,
        _ client: WeComClient
    ) throws -> CorpSession? {
        guard configuration.isConnected, let connection = configuration.connection,
            let corpID = try? CorpID(connection.corpID)
        else { return nil }
        return CorpSession(
            client: client,
            corpID: corpID,
            secret: try keys.open(connection.secret, context: configuration.id.description),
            settings: Self.session,
            memory: memory,
            logger: logger
        )
    }

    /// How old the last ticket is, and how long ago WeCom last called.
    private func pushes() async throws -> (ticketAge: Duration?, silence: Duration?) {
        guard let template else { return (nil, nil) }
        let rows = try await database.run(
            """
            select
                (select extract(epoch from now() - pushed_at)::double precision from registry.suite_tickets
                    where suite = \(template.rawValue)),
                (select extract(epoch from now() - max(coalesce(done_at, set_aside_at)))::double precision
                    from registry.callbacks)
            """
        )
        let (ticket, heard) = try rows[0].decode(Double?.self, Double?.self)
        let silence = [ticket, heard].compactMap { $0 }.min()
        return (ticket.map { .seconds(max($0, 0)) }, silence.map { .seconds(max($0, 0)) })
    }

    /// Whether an own app of another enterprise is called by the same way, or was seen to come from the same address.
    private func hasNeighbour(
        _ configuration: IdentityProviderConfiguration,
        _ address: String?
    ) async throws -> Bool? {
        guard let connection = configuration.connection, connection.kind == .ownApp else { return nil }
        let (host, port) = (configuration.egress?.host, configuration.egress.map { String($0.port) })
        if let address {
            try await database.run(
                """
                insert into registry.seen_addresses (idp, address, seen_at) values (\(configuration.id), \(address), now())
                on conflict (idp) do update set address = excluded.address, seen_at = excluded.seen_at
                """
            )
        }
        let rows = try await database.run(
            """
            select exists (
                select from registry.identity_providers other left join registry.seen_addresses seen
                    on seen.idp = other.id and seen.seen_at > now() - interval '7 days'
                where not other.is_deleted and other.id <> \(configuration.id)
                    and lower(other.corp_id) <> lower(\(connection.corpID))
                    and other.configuration #>> '{connection,kind}' = 'ownApp'
                    and (
                        seen.address = \(address)
                        or (other.configuration #>> '{egress,host}' is not distinct from \(host)::text
                            and other.configuration #>> '{egress,port}' is not distinct from \(port)::text)
                    )
            )
            """
        )
        return try rows[0].decode(Bool.self)
    }
}
