import Postgres

/// A device as it is kept, and what its question is answered by that alone.
struct DeviceGrant: Equatable, Sendable {
    let client: String
    /// The session that it was given; `nil` where nobody let it in.
    let session: String?
    let isDenied: Bool
    let isInTime: Bool
    let isUsed: Bool
    /// Whether it was used within ``GrantStore/codeGrace``.
    let isUsedJustNow: Bool
    /// Whether it asked less than its interval ago.
    let isTooFast: Bool

    /// What a question comes to (RFC 8628 §3.5).
    enum Standing: Equatable {
        /// Another client asks.
        case foreign
        /// It has its tokens, and asks again at once: the answer was lost.
        case repeated
        /// It has its tokens, and somebody asks once more.
        case reused
        case denied
        case expired
        case tooFast
        case pending
        /// It may have the tokens of that session.
        case allowed(session: String)
    }

    /// What the question of a client comes to.
    func standing(for client: Client) -> Standing {
        guard self.client == client.id else { return .foreign }
        if isUsed { return isUsedJustNow ? .repeated : .reused }
        if isDenied { return .denied }
        guard isInTime else { return .expired }
        if let session { return .allowed(session: session) }
        return isTooFast ? .tooFast : .pending
    }
}

extension DeviceGrant {
    /// Reads a row of ``DeviceGrantStore/lock(_:)``.
    init(_ row: Row) throws {
        (client, session, isDenied, isInTime, isUsed, isUsedJustNow, isTooFast) = try row.decode(
            String.self,
            String?.self,
            Bool.self,
            Bool.self,
            Bool.self,
            Bool.self,
            Bool.self
        )
    }
}
