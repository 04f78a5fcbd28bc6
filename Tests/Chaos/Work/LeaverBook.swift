import SuiteTesting
import Synchronization

/// Who left each tenant, as WeCom knew them: some come back.
final class LeaverBook: Sendable {
    private let leavers = Mutex<[Int: [Truth.User]]>([:])

    func note(_ leaver: Truth.User, of tenant: Int) { leavers.withLock { $0[tenant, default: []].append(leaver) } }

    /// One of them, who is none any more.
    func take(from tenant: Int, _ seed: UInt64) -> Truth.User? {
        leavers.withLock { leavers in
            guard let count = leavers[tenant]?.count, count > 0 else { return nil }
            return leavers[tenant]?.remove(at: Int(seed % UInt64(count)))
        }
    }
}
