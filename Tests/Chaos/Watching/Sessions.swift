import SuiteTesting
import Synchronization

/// The tokens that employees got, as long as they may be of use.
final class Sessions: Sendable {
    private let tokens = Mutex<[Presence.Person: Employee.Tokens]>([:])

    /// How many there are at most: whoever asks for each of them asks that often.
    private static let most = 500

    func keep(_ new: Employee.Tokens, of person: Presence.Person) {
        tokens.withLock { tokens in
            if tokens.count < Self.most || tokens[person] != nil { tokens[person] = new }
        }
    }

    func tokens(of person: Presence.Person) -> Employee.Tokens? { tokens.withLock { $0[person] } }

    func tokens(ofTenant tenant: Int) -> [(person: Presence.Person, tokens: Employee.Tokens)] {
        tokens.withLock { $0.filter { $0.key.tenant == tenant } }.sorted { $0.key.key < $1.key.key }
            .map { ($0.key, $0.value) }
    }

    func forget(_ person: Presence.Person) { tokens.withLock { $0[person] = nil } }

    func forget(tenant: Int) { tokens.withLock { $0 = $0.filter { $0.key.tenant != tenant } } }
}
