/// What a client may take tokens for now.
struct Grant: Sendable {
    /// The live session.
    let session: Session
    /// What the client gave with the authorization request; only with the first tokens.
    let nonce: String?
    /// What the client refreshes with next; `nil` where it may not.
    let refreshToken: RefreshToken?
}
