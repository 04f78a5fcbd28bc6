import FoundationEssentials
import JWTKit
import Messages
import Postgres

/// What a client signs to say that it is itself (RFC 7523 §3, OpenID Connect Core §9).
struct ClientAssertion: JWTPayload, Equatable {
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    let iss: String
    let sub: String
    let aud: AudienceClaim
    let exp: Int64
    let jti: String

    /// How far ahead it may end, in seconds: as long its `jti` is remembered.
    static let longest: Int64 = 600

    /// Times are checked by who asks.
    func verify(using algorithm: some JWTAlgorithm) {}

    /// Whether it is by that client, for one of these, and in time.
    func holds(for client: String, audiences: Set<String>, at seconds: Int64) -> Bool {
        iss == client && sub == client && !audiences.isDisjoint(with: aud.value) && !jti.isEmpty
            && exp > seconds && exp <= seconds + Self.longest
    }

    /// Whose it says it is, before anything is checked.
    static func claimed(_ text: String) -> String? {
        try? DefaultJWTParser().parse(Array(text.utf8), as: ClientAssertion.self).payload.sub
    }
}

/// `verifier.client_assertions`: which assertions were shown, so that none counts twice.
struct ClientAssertionStore: Sendable {
    let database: Database

    /// Takes an assertion, once.
    func take(_ assertion: ClientAssertion) async throws -> Bool {
        let digest = Ticket.digest(of: "\(assertion.iss) \(assertion.jti)")
        let rows = try await database.run(
            """
            insert into verifier.client_assertions (digest, expires_at)
            values (\(digest), to_timestamp(\(assertion.exp)::bigint)) on conflict do nothing returning 1
            """
        )
        return !rows.isEmpty
    }
}
