import FoundationEssentials
import Messages
import Postgres
import Rebuild

/// The people whom logons go by, rebuilt from `directory.changes.v1` in tables beside those in use.
///
/// An identity provider is compared, and exchanged, where both are at the same message. Nobody is deleted for not being in
/// a topic that has lost its beginning: such an identity provider is refused until the topic has it whole.
struct PrincipalRebuild: RebuildSubject {
    let name = "principals"
    let schema = Migrations.schema
    let topic = TopicCatalogue.directoryChanges
    let sentences = RebuildSentences(
        underWay: "The principals are being rebuilt already.",
        unasked: "The principals were never asked to be rebuilt."
    )

    let database: Database
    let sessions: SessionStore
    /// Whether an identity provider's contact details may be told; `nil` where its configuration is not known.
    let tellsContacts: @Sendable (IdentityProviderID) -> Bool?

    func emptyTables(on connection: isolated Connection) throws {
        try connection.run(
            "truncate verifier.rebuilt_principals, verifier.rebuilt_projection, verifier.rebuilt_incarnations"
        )
    }

    func tables(for attempt: RebuildAttempt) -> RebuiltPrincipals {
        RebuiltPrincipals(attempt, in: database)
    }

    func identityProviders(on connection: isolated Connection) throws -> Set<IdentityProviderID> {
        let rows = try connection.run(
            "select idp_id from verifier.projection union select idp_id from verifier.rebuilt_projection"
        )
        return Set(try rows.decode(UUID.self).map { IdentityProviderID($0) })
    }

    func refusal(of id: IdentityProviderID) -> RebuildResult<PrincipalComparison> {
        RebuildResult(
            refused: id,
            because: "the people in use were not followed to where the topic is",
            remedy: "see that the verifier reads directory.changes.v1, and begin again"
        )
    }
}
