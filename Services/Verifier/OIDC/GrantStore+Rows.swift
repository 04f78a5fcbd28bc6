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

    /// Locks a session, and reads what it knows then in the same round trip.
    ///
    /// - Parameters:
    ///   - id: An expression for its id.
    ///   - further: What is read besides, once it is locked.
    /// - Returns: The session, if it is live, its refresh tokens, if it has some, and the rows of what is read besides.
    static func lock(
        _ id: SQL,
        _ further: SQL? = nil,
        on connection: isolated Connection
    ) throws -> (session: Session?, state: RefreshState?, further: [Row]) {
        let answers = try connection.pipeline(
            [
                "select from verifier.sessions where id = \(id) for update", SessionStore.live(id),
                refreshState(of: id),
            ] + (further.map { [$0] } ?? [])
        )
        let session = try answers[1].first.map(SessionStore.session)
        return (session, try refreshState(answers[2]), answers.count > 3 ? answers[3] : [])
    }

    /// Reads a code.
    static func code(_ digest: [UInt8]) -> SQL {
        let grace = Int64(codeGrace / .seconds(1))
        return """
            select redirect_uri, challenge, nonce, expires_at > now(), used_at is not null,
                coalesce(used_at > now() - make_interval(secs => \(grace)), false)
            from verifier.codes where digest = \(digest)
            """
    }

    /// The code of the rows of ``code(_:)``.
    static func code(_ rows: [Row]) throws -> Code? {
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

    /// Reads what a session knows of its refresh tokens; no row where it has none.
    ///
    /// - Parameter session: An expression for its id.
    static func refreshState(of session: SQL) -> SQL {
        let grace = Int64(RefreshToken.grace / .seconds(1))
        return """
            select refresh_key, refresh_counter, refresh_digest, refresh_previous,
                coalesce(refreshed_at > now() - make_interval(secs => \(grace)), false)
            from verifier.sessions where id = \(session) and refresh_key is not null
            """
    }

    /// What the rows of ``refreshState(of:)`` say.
    static func refreshState(_ rows: [Row]) throws -> RefreshState? {
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

    /// Has a session last from now on, as its client came for the tokens: by the first refresh token, if it has some.
    static func handOver(_ session: Session, _ token: RefreshToken?, lasting lifetime: SessionLifetime) -> SQL {
        if let token { return keep(token, lasting: lifetime) }
        let seconds = Int64(SessionLifetime.online / .seconds(1))
        return """
            update verifier.sessions set expires_at = least(now() + make_interval(secs => \(seconds)), ends_at)
            where id = \(session.id)
            """
    }

    /// Makes a refresh token its session's current one, and has the session last from now on.
    static func keep(_ token: RefreshToken, lasting lifetime: SessionLifetime) -> SQL {
        let seconds = Int64(lifetime.idle / .seconds(1))
        return """
            update verifier.sessions set refresh_previous = refresh_digest, refresh_digest = \(token.digest),
                refresh_counter = \(token.counter), refreshed_at = now(),
                expires_at = least(now() + make_interval(secs => \(seconds)), ends_at)
            where id = \(token.session)
            """
    }
}
