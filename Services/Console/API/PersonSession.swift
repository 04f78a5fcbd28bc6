/// A session of a person at a client, as the verifier shows it.
struct PersonSession: Decodable, Sendable {
    let id: String
    let clientID: String
    let scope: String
    let authenticatedAt: String
    let expiresAt: String
}
