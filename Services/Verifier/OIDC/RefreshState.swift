/// What a session's row knows of its refresh tokens.
struct RefreshState: Equatable, Sendable {
    /// What their tags are made with.
    let key: [UInt8]
    /// The number of the current one.
    let counter: Int64
    /// The digest of the current one.
    let digest: [UInt8]
    /// The digest of the one before.
    let previous: [UInt8]?
    /// Whether the one before was changed for the current one within ``RefreshToken/grace``.
    let isFresh: Bool

    /// What it means that a client shows a token.
    enum Use: Equatable {
        /// It is the current one.
        case current
        /// It is the one before, which was changed only just now: the client did not hear the answer, or asks twice.
        case repeated
        /// It was changed for another long ago: one of the two who have it had stolen it.
        case late
        /// It was never given out.
        case unknown
    }

    /// What it means that a client shows this one.
    func use(of token: RefreshToken) -> Use {
        guard token.isGenuine(key) else { return .unknown }
        if token.counter == counter { return token.digest == digest ? .current : .unknown }
        guard token.counter < counter else { return .unknown }
        return isFresh && token.counter == counter - 1 && token.digest == previous ? .repeated : .late
    }
}
