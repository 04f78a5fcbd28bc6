import FoundationEssentials
import Messages
import Postgres

/// Something that needs somebody and is not over: of which identity provider of which tenant, since when, and what to do.
struct OpenCondition: Encodable, Sendable {
    let tenantID: TenantID
    let tenantName: String
    let idpID: IdentityProviderID
    let idpName: String
    let kind: NotificationKind
    let since: Timestamp
    /// How often it was found.
    let times: Int
    /// What is the matter.
    let sentence: String
    /// What to do about it.
    let fix: String
    /// The run that it is about; nil where it is about none.
    let run: RunID?
    /// When the last run ended that brought everything it could.
    let lastSuccessAt: Timestamp?
    /// Where it stands in the list.
    let place: Place

    private enum CodingKeys: CodingKey {
        case tenantID, tenantName, idpID, idpName, kind, since, times, sentence, fix, run, lastSuccessAt
    }

    /// What the list is sorted by.
    struct Place: Sendable, Equatable, CustomStringConvertible {
        /// Since when, in microseconds since 1970, as the database keeps times.
        let microseconds: Int64
        let idp: IdentityProviderID
        let kind: NotificationKind

        init(microseconds: Int64, idp: IdentityProviderID, kind: NotificationKind) {
            self.microseconds = microseconds
            self.idp = idp
            self.kind = kind
        }

        /// Reads what ``description`` says; nil for anything else.
        init?(_ text: String) {
            let parts = text.split(separator: " ").map(String.init)
            guard parts.count == 3, let microseconds = Int64(parts[0]), let idp = IdentityProviderID(parts[1]),
                let kind = NotificationKind(rawValue: parts[2])
            else { return nil }
            self.init(microseconds: microseconds, idp: idp, kind: kind)
        }

        var description: String { "\(microseconds) \(idp) \(kind.rawValue)" }
    }
}

extension OpenCondition {
    /// The columns that ``init(_:)`` reads, of `conditions as known`, `identity_providers as provider`, `tenants as
    /// tenant` and the last success.
    static let columns: SQL = """
        provider.tenant, tenant.name, known.idp, provider.configuration ->> 'name', known.kind, \(time: "known.since"),
        known.times, coalesce(known.facts ->> 'sentence', ''), coalesce(known.facts ->> 'fix', ''),
        (known.facts ->> 'run')::uuid, \(time: "success.finished_at"), \(microseconds)
        """

    static let microseconds: SQL = "(extract(epoch from known.since) * 1000000)::bigint"

    /// Reads one row of ``columns``.
    init(_ row: Row) throws {
        let (tenant, tenantName, idp, idpName, kind, since, times, sentence, fix, run, success, microseconds) =
            try row.decode(
                TenantID.self,
                String.self,
                IdentityProviderID.self,
                String.self,
                NotificationKind.self,
                Timestamp.self,
                Int.self,
                String.self,
                String.self,
                RunID?.self,
                Timestamp?.self,
                Int64.self
            )
        tenantID = tenant
        self.tenantName = tenantName
        idpID = idp
        self.idpName = idpName
        self.kind = kind
        self.since = since
        self.times = times
        self.sentence = sentence
        self.fix = fix
        self.run = run
        lastSuccessAt = success
        place = Place(microseconds: microseconds, idp: idp, kind: kind)
    }
}
