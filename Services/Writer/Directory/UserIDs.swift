import Messages
import Postgres

/// Which ids people get who are written: whoever had one before gets it again, and nobody gets another human's.
struct UserIDs {
    private let first: UserIDDerivation
    private let another: UserIDDerivation
    private let former: [ContentDigest: UserID]

    /// Looks up who was there before, and forgets that they are gone.
    ///
    /// - Throws: ``PostgresError``.
    init(
        of people: [UserChanges.Change],
        in identityProvider: IdentityProviderID,
        _ segment: SourceSegment,
        on connection: isolated Connection
    ) throws {
        let generation = segment.run.terms.generation
        first = UserIDDerivation(of: identityProvider, generation)
        another = UserIDDerivation(of: identityProvider, generation, since: segment.standing.position.epoch)
        let former = people.filter { $0.action == .recreate }.map(\.key)
        self.former = try FormerUsers.ids(of: former, in: identityProvider, generation, on: connection)
        let gone = people.filter { $0.action == .recreate || $0.action == .another }.map(\.key)
        try FormerUsers.forget(gone, of: identityProvider, generation, on: connection)
    }

    subscript(change: UserChanges.Change) -> UserID {
        switch change.action {
        case .another: another[change.key]
        case .recreate: former[change.key.digest] ?? first[change.key]
        default: first[change.key]
        }
    }
}
