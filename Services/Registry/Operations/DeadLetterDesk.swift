import Kafka
import Logging
import Messages
import Pipeline
import Runtime

/// The dead letters of every service, as operators of all tenants see and settle them.
struct DeadLetterDesk: Sendable {
    /// How many letters one request settles at most: the same request again goes on with what is left.
    static let mostAtOnce = 1_000

    let source: LetterSource
    let journal: OperationJournal
    let logger: Logger

    /// Those that nobody has settled yet, oldest first.
    func items(_ selection: SetAsideSelection) async throws -> [SetAside] {
        try await asking { selection.of(try await source.items()) }
    }

    /// All that is known of one but its value; nil where there is none.
    func record(_ id: String) async throws -> JSON? {
        guard source.has(id), let found = try await asking({ try await source.letter(id) }) else { return nil }
        return .object(found.letter.json(found.settlements).merging(["id": .string(id)]) { $1 })
    }

    /// Has letters handled once more, or says that they need nothing more, after the audit has it.
    func settle(_ wish: SettlingWish, as fate: Settlement.Fate, by caller: Caller) async throws -> SettlingOutcome {
        let chosen = try await items(wish.selection)
        // What cannot be handled once more can still be discarded.
        let plan = fate == .redriven ? RedrivePlan(chosen, isForced: wish.isForced) : nil
        let meant = plan?.meant ?? chosen
        let portion = Array(meant.prefix(Self.mostAtOnce))
        var outcome = SettlingOutcome(plan)
        guard !portion.isEmpty else { return outcome }
        let operation = try await journal.begin(
            fate == .redriven ? .deadRedriven : .deadDiscarded,
            because: wish.why,
            wish.selection.details(of: portion),
            by: caller
        )
        let done = try await asking {
            try await source.settle(portion, as: fate, in: operation, at: Pace(perSecond: nil))
        }
        outcome.settled = done.count
        outcome.left = meant.count - portion.count
        outcome.refused = done.refused
        outcome.operation = operation
        return outcome
    }

    /// - Throws: ``Problem`` 503 where the brokers do not answer, or another operator settles letters at the same time.
    private func asking<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as KafkaError {
            logger.warning("dead letters could not be read or settled", metadata: ["error": "\(error)"])
            throw Problem.unavailable(
                "The brokers do not answer at present, or another operator settles dead letters just now."
            )
        }
    }
}
