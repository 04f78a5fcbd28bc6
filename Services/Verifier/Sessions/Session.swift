import Messages

/// Somebody who is logged on to a client, and may still be.
struct Session: Equatable, Sendable {
    /// What `sid` says.
    let id: String
    /// The client.
    let client: String
    /// What the client may know.
    let scope: Scope
    /// When the person signed in, in seconds since 1970.
    let authenticatedAt: Int64
    /// Who.
    let principal: Principal
}
