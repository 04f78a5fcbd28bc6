import SuiteTesting
import Synchronization

/// Who is in WeCom without any doubt, and since when.
///
/// Whoever is to leave is crossed out before WeCom hears of it; who comes, or was found in WeCom and in the directory
/// after everything had healed, is written down. So nobody who stands here may be without access, at any time.
final class Presence: Sendable {
    /// Somebody of one tenant, by the lowercase user id.
    struct Person: Hashable, Sendable {
        let tenant: Int
        let key: String

        init(_ tenant: Int, _ userID: String) {
            self.tenant = tenant
            key = userID.lowercased()
        }
    }

    private struct State {
        var since: [Person: ContinuousClock.Instant] = [:]
        var left: Set<Person> = []
        /// Those of tenants who may be out of an app's view.
        var hidden: [Int: Set<Person>] = [:]
    }

    private let tenants: Int
    private let state = Mutex(State())

    init(tenants: Int) { self.tenants = tenants }

    /// They are there, and may log on.
    func note(_ people: [Person], at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            for person in people where state.since[person] == nil && !state.left.contains(person) {
                if state.hidden[person.tenant]?.insert(person) == nil { state.since[person] = now }
            }
        }
    }

    /// They will leave, or may not log on any more, from now on.
    func cross(out people: [Person]) {
        state.withLock { state in
            for person in people {
                state.since[person] = nil
                state.hidden[person.tenant]?.remove(person)
                state.left.insert(person)
            }
        }
    }

    /// They are in WeCom again; whether they are in the directory shows once everything has healed.
    func welcomeBack(_ people: [Person]) { state.withLock { $0.left.subtract(people) } }

    /// Whether the person has been there all the time since `start`.
    func isCertain(_ person: Person, since start: ContinuousClock.Instant) -> Bool {
        state.withLock { $0.since[person].map { $0 <= start } ?? false }
    }

    /// Some of a tenant's people are out of view from now on, nobody knows how many: each of them may lose access, but not
    /// all.
    func hide(tenant: Int) {
        state.withLock { state in
            let people = state.since.keys.filter { $0.tenant == tenant }
            for person in people { state.since[person] = nil }
            state.hidden[tenant, default: []].formUnion(people)
        }
    }

    /// They are in view again, and have been met.
    func show(tenant: Int) { state.withLock { $0.hidden[tenant] = nil } }

    /// Those who may be out of view.
    func hidden(of tenant: Int) -> Set<Person> { state.withLock { $0.hidden[tenant] ?? [] } }

    /// All of a tenant who are there, in order.
    func people(of tenant: Int) -> [Person] {
        state.withLock { $0.since.keys.filter { $0.tenant == tenant } }.sorted { $0.key < $1.key }
    }
}
