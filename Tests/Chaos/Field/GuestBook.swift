import SuiteTesting
import Synchronization

/// A tenant that comes for one fault, and what has to be so once everything has healed.
enum Guest: Sendable {
    /// Its identity provider was deleted: nobody has access.
    case deleted(ConnectedTenant)
    /// Its identity provider has another corp behind it: the directory is that one's.
    case reconnected(ConnectedTenant)
}

/// The guests of a round.
final class GuestBook: Sendable {
    private let guests = Mutex<[Guest]>([])

    func note(_ guest: Guest) { guests.withLock { $0.append(guest) } }

    /// Those who came since the last time.
    func take() -> [Guest] {
        guests.withLock { guests in
            defer { guests = [] }
            return guests
        }
    }
}
