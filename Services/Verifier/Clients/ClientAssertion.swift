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
    /// Before when it does not count, where it says so.
    var nbf: Int64?

    enum CodingKeys: String, CodingKey {
        case iss, sub, aud, exp, jti, nbf
    }

    /// How far ahead it may end, in seconds: as long its `jti` is remembered.
    static let longest: Int64 = 3_600
    /// How many seconds a client's clock may be fast.
    static let skew: Int64 = 60

    /// Times are checked by who asks.
    func verify(using algorithm: some JWTAlgorithm) {}

    /// Whether it is by that client, for one of these, and in time.
    func holds(for client: String, audiences: Set<String>, at seconds: Int64) -> Bool {
        iss == client && sub == client && !audiences.isDisjoint(with: aud.value) && !jti.isEmpty
            && exp > seconds && exp <= seconds + Self.longest + Self.skew
            && (nbf ?? seconds) <= seconds + Self.skew
    }

    /// Whose it says it is, before anything is checked.
    static func claimed(_ text: String) -> String? {
        try? DefaultJWTParser().parse(Array(text.utf8), as: ClientAssertion.self).payload.sub
    }
}

extension ClientAssertion {
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        iss = try container.decode(String.self, forKey: .iss)
        sub = try container.decode(String.self, forKey: .sub)
        aud = try container.decode(AudienceClaim.self, forKey: .aud)
        exp = try Self.seconds(container.decode(Double.self, forKey: .exp), .exp, container)
        jti = try container.decode(String.self, forKey: .jti)
        nbf = try container.decodeIfPresent(Double.self, forKey: .nbf).map { try Self.seconds($0, .nbf, container) }
    }

    /// Whole seconds of a time that may have a fraction (RFC 7519 §2).
    private static func seconds(
        _ time: Double,
        _ key: CodingKeys,
        _ container: KeyedDecodingContainer<CodingKeys>
    ) throws -> Int64 {
        guard let seconds = Int64(exactly: time.rounded(.down)) else {
            throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "not a time")
        }
        return seconds
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
