import BackgroundWork
import FoundationEssentials
import Messages
import Postgres
import Sealing
import WeCom

/// What one enterprise has granted to the template, of which WeCom's word decides. Whoever claims its row is the only one
/// who looks after it.
struct CorpAuthorization: Sendable {
    let key: String
    let suite: String
    let corp: CorpID
    /// How often something was told of it.
    let hints: Int64
    /// Whether WeCom told since the last look that range, permissions or state changed.
    let isToldChanged: Bool
    /// Whether WeCom told since the last look that it was withdrawn, or before it and knew a code all the same.
    let isToldCancelled: Bool
    /// Since when WeCom knows its codes no more without having told that it was withdrawn, or told so and knows one.
    let suspectedAt: Timestamp?
    /// Since when it is lost.
    let lostAt: Timestamp?
    /// The visible range at the last look; nil where none was read yet.
    let visibleRange: VisibleRange?

    /// What the enterprise's row is found by: as corp IDs are compared.
    static func key(_ suite: String, _ corp: CorpID) -> String { "\(suite)/\(corp.canonical)" }

    static let table = QueueTable(
        "registry.corp_authorizations",
        key: "key",
        keyType: "text",
        columns: """
            key, suite, corp_id, hints, is_told_changed, is_told_cancelled, \(time: "suspected_at"), \(time: "lost_at"),
            visible_range
            """,
        completion: .delete
    )

    /// Reads one row of the ``table``.
    init(_ row: Row) throws {
        let corpID: String
        (key, suite, corpID, hints, isToldChanged, isToldCancelled, suspectedAt, lostAt, visibleRange) =
            try row.decode(
                String.self,
                String.self,
                String.self,
                Int64.self,
                Bool.self,
                Bool.self,
                Timestamp?.self,
                Timestamp?.self,
                VisibleRange?.self
            )
        corp = try CorpID(corpID)
    }
}

/// A permanent code that an enterprise's authorization may rest on.
struct CandidateCode: Sendable {
    let secret: Secret
    /// The grants that brought it, oldest first; none for one of a connection whose grant is not kept any more.
    var grants: [GrantID] = []
    /// The identity providers whose connection has it.
    var connections: Set<IdentityProviderID> = []

    init(secret: Secret) { self.secret = secret }
}
