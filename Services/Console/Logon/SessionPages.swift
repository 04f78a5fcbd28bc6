import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// The sessions of one person, and ending them.
struct SessionPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/idps/{idp}/person/sessions", desk) { visit in try await show(visit) }
        router.action("/idps/{idp}/person/sessions/end", desk) { visit in try await end(visit) }
    }

    private func show(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.people)
        guard let provider = place.provider else { throw PageError.notFound }
        let user = try await DirectoryUser.find(visit.query["id"], of: provider, desk.directory)
        let sessions = try await desk.verifier.get(
            Self.path(of: user, provider),
            [("limit", "50"), ("cursor", visit.query["cursor"])],
            as: Listed<PersonSession>.self
        )
        return try visit.page(
            "sessions",
            title: visit.texts["session.title"],
            at: place,
            SessionList(user, sessions, provider, visit)
        )
    }

    /// The verifier takes the console's word: so the registry has to show the identity provider to whoever is signed in,
    /// the person has to be of it, and the role has to reach so far.
    private func end(_ visit: Visit) async throws -> Response {
        guard let provider = try await visit.place(.people).provider else { throw PageError.notFound }
        guard try await visit.caller().role >= .operator else { throw PageError.roleTooLow }
        let user = try await DirectoryUser.find(visit.form["id"], of: provider, desk.directory)
        try await desk.verifier.send(.DELETE, Self.path(of: user, provider))
        return visit.redirect(
            to: PercentEncoding.url("/idps/\(provider.id)/person", [("id", user.externalID)]),
            done: "sessionsEnded"
        )
    }

    private static func path(of user: DirectoryUser, _ provider: IdentityProvider) -> String {
        "/api/v1/idps/\(provider.id)/users/\(PercentEncoding.encode(user.id))/sessions"
    }
}
