import Messages
import Postgres
import Sealing
import WeCom

/// The newest suite ticket of each template, which WeCom pushes every ten minutes and which is good for thirty
/// (wecom.md §1.1).
struct SuiteTickets: Sendable {
    let database: Database
    let keys: SealingKeys

    static let lifetime: Duration = .seconds(30 * 60)

    /// The template's ticket; nil when there is none that is still good.
    func newest(of suite: SuiteID) async throws -> Secret? {
        let rows = try await database.run(
            """
            select ticket from registry.suite_tickets
            where suite = \(suite.rawValue) and pushed_at > \(Timestamp.now.advanced(by: .zero - Self.lifetime))
            """
        )
        guard let row = rows.first else { return nil }
        let ticket = try row.decode(String.self)
        return try keys.open(SealedSecret(ticket), context: Self.context(suite))
    }

    /// When the template's newest ticket was pushed.
    func pushedAt(_ suite: SuiteID) async throws -> Timestamp? {
        try await database.run(
            "select \(time: "pushed_at") from registry.suite_tickets where suite = \(suite.rawValue)"
        ).first?.decode(Timestamp.self)
    }

    /// How the template's ticket stands.
    func view(of suite: SuiteID) async throws -> SuiteTicketView {
        let pushedAt = try await pushedAt(suite)
        let isGood = pushedAt.map { $0.advanced(by: Self.lifetime) > .now } ?? false
        return SuiteTicketView(pushedAt: pushedAt, isGood: isGood)
    }

    /// Keeps a ticket, unless a newer one is kept already.
    func keep(_ ticket: Secret, of suite: SuiteID, at time: Timestamp, on connection: isolated Connection) throws {
        let sealed = try keys.seal(ticket, context: Self.context(suite)).text
        try connection.run(
            """
            insert into registry.suite_tickets as kept (suite, ticket, pushed_at)
            values (\(suite.rawValue), \(sealed), \(time))
            on conflict (suite) do update set ticket = excluded.ticket, pushed_at = excluded.pushed_at
            where kept.pushed_at <= excluded.pushed_at
            """
        )
    }

    /// What tickets are sealed for.
    static func context(_ suite: some CustomStringConvertible) -> String { "suite/\(suite)" }
}
