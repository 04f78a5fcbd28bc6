import AsyncHTTPClient

/// Keeps the access token of an administrator fresh: the registry takes none that is older than minutes.
struct SessionRenewal: Sendable {
    let client: SignInClient
    let http: HTTPClient

    /// The session with a token that counts.
    ///
    /// Where the verifier refuses, its session has ended: the old token goes along, and the registry refuses it too. Where
    /// it is away the old one may count for a while yet.
    func renewed(_ session: Session?, at now: Int) async -> Session? {
        guard var session, let renewal = session.renewal, session.isDueForRenewal(at: now) else { return session }
        guard let tokens = try? await client.refresh(renewal.token, by: http) else { return session }
        session.renew(by: tokens, now: now)
        return session
    }
}
