import Foundation
import Synchronization

/// Something that must never be.
struct Breach: Codable, Hashable, Sendable, CustomStringConvertible {
    /// Which promise was broken; each has a figure of that name.
    enum Kind: String, Codable, Sendable, CaseIterable {
        case differences
        case wrongRemovals = "wrong_removals"
        case keptLeavers = "kept_leavers"
        case lostChanges = "lost_changes"
        case olderStateSeen = "older_state_seen"
        case crossTenant = "cross_tenant"
        case lateSessions = "late_sessions"
        case contractBreaches = "contract_breaches"
        case secretsSeen = "secrets_seen"
        case stuck
        case unhealed
    }

    let kind: Kind
    /// The tenant's number, or another name of whom it concerns.
    let subject: String
    let what: String

    var description: String { "\(kind.rawValue), \(subject): \(what)" }
}

/// The breaches so far, each once in a round.
final class BreachBook: Sendable {
    private struct State {
        var round = 0
        var breaches: [(round: Int, at: Date, breach: Breach)] = []
        var known: Set<Breach> = []
    }

    private let state = Mutex(State())

    /// What is noted from now on is of this round.
    func begin(_ round: Int) {
        state.withLock { state in
            state.round = round
            state.known = []
        }
    }

    func note(_ kind: Breach.Kind, _ subject: String, _ what: String) {
        let breach = Breach(kind: kind, subject: subject, what: what)
        let isNew = state.withLock { state in
            guard state.known.insert(breach).inserted else { return false }
            state.breaches.append((state.round, Date(), breach))
            return true
        }
        if isNew { say("    BREACH \(Date().formatted(.iso8601)) \(breach)") }
    }

    func count(_ kind: Breach.Kind) -> Int { state.withLock { $0.breaches.count { $0.breach.kind == kind } } }

    /// Whether no promise was broken so far.
    var isEmpty: Bool { state.withLock { $0.breaches.isEmpty } }

    /// Those of one round.
    func breaches(of round: Int) -> [Breach] {
        state.withLock { $0.breaches.filter { $0.round == round }.map(\.breach) }
    }
}
