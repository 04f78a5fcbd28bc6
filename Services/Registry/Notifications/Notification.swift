import FoundationEssentials
import Messages
import Postgres
import Runtime

/// One thing that administrators are told. Its id is the same wherever and however often it arrives.
struct Notification: Sendable, Equatable {
    /// Whether something begins or ends.
    enum State: String, Codable, CaseIterable, Sendable {
        /// Something is the matter.
        case raised
        /// It is over.
        case settled
    }

    var id: UUID
    var tenant: TenantID
    /// Nil for a ping.
    var idp: IdentityProviderID?
    var kind: NotificationKind
    var state: State
    var facts: [String: JSON]
    /// By the database's clock.
    var at: Timestamp

    init(_ kind: NotificationKind, _ state: State, of provider: IdentityProvider, _ facts: [String: JSON]) {
        self.init(kind, state, of: provider.tenant, idp: provider.id, facts)
    }

    init(
        _ kind: NotificationKind,
        _ state: State,
        of tenant: TenantID,
        idp: IdentityProviderID?,
        _ facts: [String: JSON]
    ) {
        id = UUIDv7.make()
        at = .now
        self.tenant = tenant
        self.idp = idp
        self.kind = kind
        self.state = state
        self.facts = facts
    }

    /// Keeps it, at the time that the database's clock says.
    func insert(on connection: isolated Connection) throws {
        try connection.run(
            """
            insert into registry.notifications (id, tenant, idp, kind, state, facts, at)
            values (\(id), \(tenant), \(idp), \(kind), \(state), \(try JSON.object(facts).text)::jsonb,
                clock_timestamp())
            """
        )
    }

    /// The columns that ``init(_:)`` reads, of `notifications as told`.
    static let columns: SQL = "told.id, told.tenant, told.idp, told.kind, told.state, told.facts, \(time: "told.at")"

    /// Reads one row of ``columns``.
    init(_ row: Row) throws {
        let facts: JSON
        (id, tenant, idp, kind, state, facts, at) = try row.decode(
            UUID.self,
            TenantID.self,
            IdentityProviderID?.self,
            NotificationKind.self,
            State.self,
            JSON.self,
            Timestamp.self
        )
        guard case .object(let members) = facts else { throw StoredDataError(what: "a notification's facts") }
        self.facts = members
    }
}

extension Notification.State: PostgresEncodable, PostgresDecodable {}
