import Synchronization

/// Who a token speaks for. Its kind decides where it is good (wecom.md §8, 23).
enum TokenHolder: Sendable, Hashable {
    case agent(corpID: String, agentID: Int)
    case contactSync(corpID: String)
    case suite(templateID: String)
    case provider(corpID: String)

    var corpID: String? {
        switch self {
        case .agent(let corpID, _), .contactSync(let corpID): corpID
        case .suite, .provider: nil
        }
    }
}

/// The tokens that were issued. Asked again within its validity, it gives the same one (wecom.md §6).
final class TokenBook: Sendable {
    struct Issued: Sendable {
        let token: String
        /// Seconds that are left.
        let remaining: Int
    }

    private struct Entry {
        let holder: TokenHolder
        var expiry: Double
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var current: [TokenHolder: String] = [:]
    }

    private let state = Mutex(State())
    private let clock: SimulatorClock

    init(clock: SimulatorClock) { self.clock = clock }

    func issue(to holder: TokenHolder, lifetime: Int) -> Issued {
        let now = clock.now
        return state.withLock { state in
            if let token = state.current[holder], let entry = state.entries[token], entry.expiry > now + 1 {
                return Issued(token: token, remaining: Int(entry.expiry - now))
            }
            let token = Identifier.random(160)
            state.entries[token] = Entry(holder: holder, expiry: now + Double(lifetime))
            state.current[holder] = token
            return Issued(token: token, remaining: lifetime)
        }
    }

    /// Who holds it; `invalid` where nobody does, `expired` where the time is over.
    func holder(of token: String, invalid: Refusal, expired: Refusal) throws(Refusal) -> TokenHolder {
        let entry = state.withLock { $0.entries[token] }
        guard let entry else { throw invalid }
        guard entry.expiry > clock.now else { throw expired }
        return entry.holder
    }

    /// Ends the validity of all tokens of those holders now; they answer "expired".
    func expire(where isMeant: (TokenHolder) -> Bool) {
        state.withLock { state in
            for (token, entry) in state.entries where isMeant(entry.holder) { state.entries[token]?.expiry = 0 }
            state.current = state.current.filter { !isMeant($0.key) }
        }
    }

    /// Forgets the holder's tokens; they answer "invalid".
    func revoke(_ holder: TokenHolder) {
        state.withLock { state in
            state.entries = state.entries.filter { $0.value.holder != holder }
            state.current[holder] = nil
        }
    }
}
