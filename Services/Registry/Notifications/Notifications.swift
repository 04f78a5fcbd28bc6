import BackgroundWork
import FoundationEssentials
import Messages
import Postgres
import Runtime

/// What administrators are told of their identity providers: written down in the transaction in which it is found, told
/// from there until it has arrived.
///
/// The same is not told again within ``silence``; once it is over, that is told, if it was told before.
enum Notifications {
    /// For so long after something was told, the same is not told again, even if it was over meanwhile.
    static let silence: Duration = .seconds(6 * 3_600)

    /// Something is the matter with an identity provider, or still is. Its row is locked in the transaction.
    static func raise(
        _ occurrence: Occurrence,
        of provider: IdentityProvider,
        on connection: isolated Connection
    ) throws {
        let facts = occurrence.facts.merging(["idpName": .string(provider.configuration.name.description)]) { $1 }
        let kind = occurrence.kind
        let rows = try connection.run(
            """
            insert into registry.conditions as known (idp, kind, since, last_at, times, facts)
            values (\(provider.id), \(kind), clock_timestamp(), clock_timestamp(), 1,
                \(try JSON.object(facts).text)::jsonb)
            on conflict (idp, kind) do update
            set since = case when known.settled_at is null then known.since else excluded.since end,
                times = case when known.settled_at is null then known.times + 1 else 1 end,
                is_told = known.is_told and known.settled_at is null and not \(kind.isMomentary),
                last_at = excluded.last_at, facts = excluded.facts, settled_at = null
            returning told_at is null or \(Self.isSilenceOver)
            """
        )
        guard try rows.decode(Bool.self) == [true] else { return }
        try tell(kind, of: provider, on: connection)
    }

    /// Nothing of that kind is the matter any more.
    static func settle(
        _ kind: NotificationKind,
        of provider: IdentityProvider,
        on connection: isolated Connection
    ) throws {
        let rows = try connection.run(
            """
            update registry.conditions set settled_at = clock_timestamp()
            where idp = \(provider.id) and kind = \(kind) and settled_at is null returning is_told
            """
        )
        guard try rows.decode(Bool.self) == [true] else { return }
        let facts: [String: JSON] = [
            "sentence": .string(kind.settledSentence),
            "idpName": .string(provider.configuration.name.description),
        ]
        try keep(Notification(kind, .settled, of: provider, facts), on: connection)
    }

    /// Tells what was silenced and goes on still.
    static func step(_ ledger: Ledger) -> Step {
        .each("silenced notifications", of: { try await silenced(in: ledger.database) }) { condition in
            try await ledger.change { database in
                guard let provider = try IdentityProviderStore.lock(condition.idp, on: database) else { return }
                let rows = try database.run(
                    """
                    select 1 from registry.conditions
                    where idp = \(condition.idp) and kind = \(condition.kind) and \(Self.isDue) for update
                    """
                )
                if !rows.isEmpty { try tell(condition.kind, of: provider, on: database) }
            }
        }
    }

    private static let isSilenceOver: SQL =
        "told_at <= clock_timestamp() - make_interval(secs => \(silence / .seconds(1)))"

    private static let isDue: SQL = "settled_at is null and not is_told and \(isSilenceOver)"

    private static func silenced(in database: Database) async throws -> [Condition] {
        try await database.run(
            """
            select idp, kind from registry.conditions
            where \(isDue) and idp in (select id from registry.identity_providers where not is_deleted) limit 1000
            """
        ).map { row in
            let (idp, kind) = try row.decode(IdentityProviderID.self, NotificationKind.self)
            return Condition(idp: idp, kind: kind)
        }
    }

    private static func tell(
        _ kind: NotificationKind,
        of provider: IdentityProvider,
        on connection: isolated Connection
    ) throws {
        let rows = try connection.run(
            """
            update registry.conditions set is_told = true, told_at = clock_timestamp()
            where idp = \(provider.id) and kind = \(kind)
            returning facts || jsonb_build_object('times', times,
                'since', to_char(since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
            """
        )
        guard case .object(let facts)? = try rows.first?.decode(JSON.self) else { return }
        try keep(Notification(kind, .raised, of: provider, facts), on: connection)
    }

    /// Writes a notification down, and whom it goes to.
    private static func keep(_ notification: Notification, on connection: isolated Connection) throws {
        try notification.insert(on: connection)
        let isWanted: SQL = "is_enabled and (kinds = '{}' or \(notification.kind) = any(kinds))"
        let webhooks = try connection.run(
            "select id from registry.webhooks where tenant = \(notification.tenant) and \(isWanted) order by id"
        ).decode(UUID.self)
        let messages = try connection.run(
            "select 1 from registry.message_settings where idp = \(notification.idp) and \(isWanted)"
        )
        for webhook in webhooks.map(Optional.some) + messages.map({ _ in nil }) {
            try connection.run(
                """
                insert into registry.deliveries (id, notification, tenant, webhook, created_at)
                values (\(UUIDv7.make()), \(notification.id), \(notification.tenant), \(webhook), clock_timestamp())
                """
            )
        }
    }
}

/// Something that is the matter.
private struct Condition: Sendable, CustomStringConvertible {
    var idp: IdentityProviderID
    var kind: NotificationKind

    var description: String { "\(kind.rawValue) of \(idp)" }
}

extension NotificationKind: PostgresEncodable, PostgresDecodable {}
