import Foundation
import SuiteTesting

/// Makes a round that failed smaller: plays it with less in it, each time on a fresh suite, as long as it still fails.
struct Shrinking {
    /// What happens when is up to the machine: a round need not fail each time.
    private static let tries = 3

    let seed: UInt64
    let minutes: Double

    /// Says what is left, as `--rounds` takes it.
    func shrink(_ failed: (round: Round, breaches: [Breach])) async throws {
        say("\(failed.round) broke a promise; it is made smaller for up to \(minutes) minutes")
        let deadline = ContinuousClock.now + .seconds(minutes * 60)
        var smallest = failed.round
        guard try await fails(smallest) else {
            say(
                "played by itself it does not fail again; with all before it: --seed \(seed) --until \(smallest.number)"
            )
            return
        }
        var candidates = smallest.smaller[...]
        while ContinuousClock.now < deadline, let candidate = candidates.popFirst() {
            guard try await fails(candidate) else { continue }
            smallest = candidate
            candidates = smallest.smaller[...]
        }
        say("the smallest that fails: \(smallest)")
        say(String(decoding: try JSONEncoder().encode([smallest]), as: UTF8.self))
    }

    private func fails(_ round: Round) async throws -> Bool {
        for _ in 0..<Self.tries {
            say("  trying \(round.faults.count) faults, \(round.tenants) tenants")
            if try await Campaign(seed: seed, rounds: .list([round])).fight().failed != nil { return true }
        }
        return false
    }
}
