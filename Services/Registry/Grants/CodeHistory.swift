import Messages
import Postgres

/// The codes that an enterprise's grants brought, in the order in which they were exchanged: good ones and bad ones.
struct CodeHistory: Sendable {
    private struct Entry {
        var grant: GrantID
        var origin: Grant.Origin
        var provider: IdentityProviderID?
    }

    private var entries: [Entry] = []

    init() {}

    init(of key: String, on connection: isolated Connection) throws {
        let rows = try connection.run(
            """
            select id, origin, idp from registry.grants where corp_key = \(key) and permanent_code is not null
            order by exchanged_at, id
            """
        )
        entries = try rows.map { row in
            let (grant, origin, provider) = try row.decode(
                GrantID.self,
                Grant.Origin.self,
                IdentityProviderID?.self
            )
            return Entry(grant: grant, origin: origin, provider: provider)
        }
    }

    /// Whether a later code is the same authorization's: a reset's, and nobody but the identity provider itself was granted
    /// one in between, as somebody may be after the enterprise had withdrawn everything.
    ///
    /// - Parameters:
    ///   - later: The later code.
    ///   - earlier: The grants of the earlier one; none of a connection whose grant is not kept any more.
    func continues(
        _ later: CandidateCode,
        after earlier: [GrantID],
        of provider: IdentityProviderID
    ) -> Bool {
        guard let last = entries.lastIndex(where: { later.grants.contains($0.grant) }) else { return false }
        guard entries[last].origin == .resetPermanentCode else { return false }
        let first = entries.lastIndex { earlier.contains($0.grant) }
        let between = entries[..<last].dropFirst(first.map { $0 + 1 } ?? 0)
        return between.allSatisfy { $0.origin == .resetPermanentCode || $0.provider == provider }
    }
}
