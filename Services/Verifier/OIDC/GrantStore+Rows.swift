import Messages
import Postgres

extension GrantStore {
    /// A code as it is kept.
    struct Code: Sendable {
        let redirectURI: String
        let challenge: String?
        let nonce: String?
        let isInTime: Bool
        let isUsed: Bool

        /// Whether the verifier belongs to the challenge; a code without a challenge has none.
        func isProven(by verifier: String?) -> Bool {
            guard let challenge else { return verifier == nil }
            return verifier.map { PKCE.matches($0, challenge: challenge) } ?? false
        }
    }

    /// A refresh token as it is kept.
    struct RefreshToken: Sendable {
        let isInTime: Bool
        let isUsed: Bool
    }

    /// Locks the live session of a code.
    static func lockSession(ofCode digest: [UInt8], on connection: isolated Connection) throws -> Session? {
        try lock(connection.run("select session_id from verifier.codes where digest = \(digest)"), on: connection)
    }

    /// Locks the live session of a refresh token.
    static func lockSession(ofRefreshToken digest: [UInt8], on connection: isolated Connection) throws -> Session? {
        try lock(
            connection.run("select session_id from verifier.refresh_tokens where digest = \(digest)"),
            on: connection
        )
    }

    private static func lock(_ rows: [Row], on connection: isolated Connection) throws -> Session? {
        guard let id = try rows.first?.decode(String.self) else { return nil }
        try connection.run("select from verifier.sessions where id = \(id) for update")
        return try SessionStore.live(id, on: connection)
    }

    static func code(_ digest: [UInt8], on connection: isolated Connection) throws -> Code? {
        let rows = try connection.run(
            """
            select redirect_uri, challenge, nonce, expires_at > now(), used_at is not null
            from verifier.codes where digest = \(digest)
            """
        )
        guard let row = rows.first else { return nil }
        let (redirect, challenge, nonce, isInTime, isUsed) = try row.decode(
            String.self,
            String?.self,
            String?.self,
            Bool.self,
            Bool.self
        )
        return Code(redirectURI: redirect, challenge: challenge, nonce: nonce, isInTime: isInTime, isUsed: isUsed)
    }

    static func refreshToken(_ digest: [UInt8], on connection: isolated Connection) throws -> RefreshToken? {
        let rows = try connection.run(
            """
            select expires_at > now(), used_at is not null from verifier.refresh_tokens where digest = \(digest)
            """
        )
        guard let row = rows.first else { return nil }
        let (isInTime, isUsed) = try row.decode(Bool.self, Bool.self)
        return RefreshToken(isInTime: isInTime, isUsed: isUsed)
    }

    static func keep(_ token: Ticket, of session: String, on connection: isolated Connection) throws {
        let seconds = Int64(sessionLifetime / .seconds(1))
        try connection.run(
            """
            insert into verifier.refresh_tokens (digest, session_id, expires_at)
            values (\(token.digest), \(session), now() + make_interval(secs => \(seconds)))
            """
        )
    }

    static func prolong(_ session: String, on connection: isolated Connection) throws {
        let seconds = Int64(sessionLifetime / .seconds(1))
        try connection.run(
            """
            update verifier.sessions set expires_at = now() + make_interval(secs => \(seconds)) where id = \(session)
            """
        )
    }
}
