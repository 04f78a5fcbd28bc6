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
        /// Whether it was used within ``codeGrace``.
        let isUsedJustNow: Bool

        /// What is wrong with what came along with the code; a code without a challenge has no verifier.
        func mistake(redirectURI: String?, verifier: String?) -> Refusal? {
            guard redirectURI == self.redirectURI else { return .redirect }
            guard let challenge else { return verifier == nil ? nil : .verifier }
            let isProven = verifier.map { PKCE.matches($0, challenge: challenge) } ?? false
            return isProven ? nil : .verifier
        }
    }

    /// Locks the live session of a code.
    static func lockSession(ofCode digest: [UInt8], on connection: isolated Connection) throws -> Session? {
        let rows = try connection.run("select session_id from verifier.codes where digest = \(digest)")
        guard let id = try rows.first?.decode(String.self) else { return nil }
        return try lock(id, on: connection)
    }

    /// Locks a live session.
    static func lock(_ id: String, on connection: isolated Connection) throws -> Session? {
        try connection.run("select from verifier.sessions where id = \(id) for update")
        return try SessionStore.live(id, on: connection)
    }

    static func code(_ digest: [UInt8], on connection: isolated Connection) throws -> Code? {
        let grace = Int64(codeGrace / .seconds(1))
        let rows = try connection.run(
            """
            select redirect_uri, challenge, nonce, expires_at > now(), used_at is not null,
                coalesce(used_at > now() - make_interval(secs => \(grace)), false)
            from verifier.codes where digest = \(digest)
            """
        )
        guard let row = rows.first else { return nil }
        let (redirect, challenge, nonce, isInTime, isUsed, isUsedJustNow) = try row.decode(
            String.self,
            String?.self,
            String?.self,
            Bool.self,
            Bool.self,
            Bool.self
        )
        return Code(
            redirectURI: redirect,
            challenge: challenge,
            nonce: nonce,
            isInTime: isInTime,
            isUsed: isUsed,
            isUsedJustNow: isUsedJustNow
        )
    }

    /// What a session knows of its refresh tokens; `nil` where it has none.
    static func refreshState(of session: String, on connection: isolated Connection) throws -> RefreshState? {
        let grace = Int64(RefreshToken.grace / .seconds(1))
        let rows = try connection.run(
            """
            select refresh_key, refresh_counter, refresh_digest, refresh_previous,
                coalesce(refreshed_at > now() - make_interval(secs => \(grace)), false)
            from verifier.sessions where id = \(session) and refresh_key is not null
            """
        )
        guard let row = rows.first else { return nil }
        let (key, counter, digest, previous, isFresh) = try row.decode(
            [UInt8].self,
            Int64.self,
            [UInt8].self,
            [UInt8]?.self,
            Bool.self
        )
        return RefreshState(key: key, counter: counter, digest: digest, previous: previous, isFresh: isFresh)
    }

    /// Makes a refresh token its session's current one, and has the session last from now on.
    static func keep(
        _ token: RefreshToken,
        lasting lifetime: SessionLifetime,
        on connection: isolated Connection
    ) throws {
        let seconds = Int64(lifetime.idle / .seconds(1))
        try connection.run(
            """
            update verifier.sessions set refresh_previous = refresh_digest, refresh_digest = \(token.digest),
                refresh_counter = \(token.counter), refreshed_at = now(),
                expires_at = least(now() + make_interval(secs => \(seconds)), ends_at)
            where id = \(token.session)
            """
        )
    }
}
