import FoundationEssentials
import Messages
import Synchronization

/// What is noted of keys and administrators while requests are answered: when each was used last, and what was refused.
/// It is written later, in nobody's way, and takes no more room than there are of them, however many requests come.
final class KeyJournal: Sendable {
    /// Why an attempt was refused.
    enum Reason: Hashable, Sendable {
        /// The key is good no more.
        case key(KnownKey.Standing)
        /// The key's role, or its being bound to a tenant.
        case forbidden

        var word: String {
            switch self {
            case .key(let standing): standing.rawValue
            case .forbidden: "forbidden"
            }
        }
    }

    /// What attempts are counted by.
    struct Subject: Hashable, Sendable {
        var key: UUID
        var reason: Reason
        /// Hours since 1970: an entry of the audit is of one hour.
        var hour: Int64
    }

    /// Attempts that were refused alike.
    struct Refusal: Sendable {
        var caller: Caller
        var count: Int
        var firstAt: Timestamp
        var lastAt: Timestamp
        /// Methods and routes; there are no more than the API has.
        var attempts: Set<String>
    }

    struct Notes: Sendable {
        var uses: [UUID: Timestamp] = [:]
        var refusals: [Subject: Refusal] = [:]
    }

    private let notes = Mutex(Notes())

    /// A key was used.
    func used(_ caller: Caller, at now: Timestamp = .now) {
        guard let key = caller.actor.id else { return }
        notes.withLock { $0.uses[key] = now }
    }

    /// A key was used in vain.
    func refused(_ caller: Caller, _ reason: Reason, _ attempt: String, at now: Timestamp = .now) {
        guard let key = caller.actor.id else { return }
        let subject = Subject(key: key, reason: reason, hour: now.millisecondsSince1970 / 3_600_000)
        let refusal = Refusal(caller: caller, count: 1, firstAt: now, lastAt: now, attempts: [attempt])
        notes.withLock { $0.refusals[subject] = refusal.merged(into: $0.refusals[subject]) }
    }

    /// What was noted since the last time.
    func take() -> Notes {
        notes.withLock { notes in
            defer { notes = Notes() }
            return notes
        }
    }

    /// Notes that could not be written, for the next time.
    func putBack(_ old: Notes) {
        notes.withLock { notes in
            notes.uses.merge(old.uses) { max($0, $1) }
            notes.refusals.merge(old.refusals) { $0.merged(into: $1) }
        }
    }
}

extension KeyJournal.Refusal {
    fileprivate func merged(into other: Self?) -> Self {
        guard var merged = other else { return self }
        merged.count += count
        merged.firstAt = min(merged.firstAt, firstAt)
        merged.lastAt = max(merged.lastAt, lastAt)
        merged.attempts.formUnion(attempts)
        return merged
    }
}
