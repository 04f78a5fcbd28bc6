import DeadLetterTesting
import Failures
import Foundation
import Kafka
import Logging
import Messages
import Pipeline
import Postgres
import ServiceLifecycle
import SuiteTesting

/// A reader of one suite, its topic and what becomes of the records on it.
struct DeadPlay {
    let suite: Suite
    let producer: Producer
    let reader: MendableReader
    let taken: TakenRows

    private static let stage = "wecom-fetcher"
    private static let mostBefore = 20_000
    private static let kinds = PoisonKind.allCases.map(\.rawValue)

    static func with<Value>(_ suite: Suite, _ body: (DeadPlay) async throws -> Value) async throws -> Value {
        let database = Database(url: suite.databaseURL, connections: 4, logger: quietLogger())
        let result = await asyncResult {
            let taken = try await TakenRows.make(in: database)
            let reader = MendableReader(keeping: { try await taken.keep($0) })
            let producer = try Producer(settings: suite.brokerSettings, logger: quietLogger())
            return try await body(DeadPlay(suite: suite, producer: producer, reader: reader, taken: taken))
        }
        await database.close()
        return try result.get()
    }

    func play(poisoned: Int, good: Int) async throws -> DeadSummary {
        // Whatever is slow the first time is slow for neither of the two that are compared.
        _ = try await read(PoisonedLoad(round: "before", good: min(good, Self.mostBefore), poisoned: 0))
        let alone = try await read(PoisonedLoad(round: "alone", good: good, poisoned: 0))
        let load = PoisonedLoad(round: "beside", good: good, poisoned: poisoned)
        let beside = try await read(load)
        try expectReasons(try await suite.answer("dead", "histogram", "--json"), load.countsByReason)
        reader.mend()
        let start = ContinuousClock.now
        try await reading {
            _ = try await suite.answer("dead", "redrive", "--all", "--why", "the reader was mended")
            try await wait(for: poisoned, of: Self.kinds)
        }
        let redriving = (ContinuousClock.now - start) / .seconds(1)
        try await expectApplied(poisoned: poisoned, good: good)
        return DeadSummary(
            poisoned: poisoned,
            alone: Double(good) / alone,
            beside: Double(good) / beside,
            redriven: Double(poisoned) / redriving
        )
    }

    /// - Returns: The seconds from the stage's first look until all good records were taken.
    private func read(_ load: PoisonedLoad) async throws -> Double {
        try await load.send(to: suite.namespace.name(of: TopicCatalogue.commands), by: producer)
        var seconds = 0.0
        try await reading {
            // Its joining the group is no part of its work.
            try await wait(for: 1, of: [load.round])
            let start = ContinuousClock.now
            try await wait(for: load.good, of: [load.round])
            seconds = (ContinuousClock.now - start) / .seconds(1)
            _ = try await waitFor("all letters", within: .seconds(600)) {
                try await letters().count >= load.poisoned ? true : nil
            }
        }
        let found = try await letters()
        for letter in found where letter.record.header("poison") != letter.cause.code {
            throw BenchmarkFailure(
                "\(letter.record.header("poison") ?? "a good one") was set aside as \(letter.cause.code)"
            )
        }
        guard found.count == load.poisoned else {
            throw BenchmarkFailure("\(found.count) letters instead of \(load.poisoned)")
        }
        return seconds
    }

    private func letters() async throws -> [DeadLetter] {
        try await suite.deadLetters(of: TopicCatalogue.commands, Self.stage)
    }

    /// As services have it from their environment.
    private var settings: [String: String] {
        var settings = suite.brokerSettings
        settings["development.broker"] = ProcessInfo.processInfo.environment["KAFKA_DEVELOPMENT_BROKER"]
        return settings
    }

    private func reading(_ body: () async throws -> Void) async throws {
        let stage = Stage(
            name: Self.stage,
            topics: [TopicCatalogue.commands],
            handler: reader,
            settings: StageSettings(kafka: settings, namespace: suite.namespace),
            producer: producer,
            logger: quietLogger()
        )
        let group = ServiceGroup(services: [stage], logger: quietLogger())
        async let running: Void = group.run()
        let result = await asyncResult(body)
        await group.triggerGracefulShutdown()
        try await running
        try result.get()
    }

    private func wait(for count: Int, of kinds: [String]) async throws {
        _ = try await waitFor("\(count) records taken", within: .seconds(900), every: .milliseconds(10)) {
            taken.count(of: kinds) >= count ? true : nil
        }
    }

    private func expectReasons(_ histogram: String, _ wanted: [String: Int]) throws {
        struct Line: Decodable {
            let reason: String
            let count: Int
        }
        let lines = try JSONDecoder().decode([Line].self, from: Data(histogram.utf8))
        let found = Dictionary(lines.map { ($0.reason, $0.count) }, uniquingKeysWith: +)
        guard found == wanted else { throw BenchmarkFailure("bridgectl counts \(found) instead of \(wanted)") }
    }

    /// The table has every record once, and nothing is set aside any more.
    private func expectApplied(poisoned: Int, good: Int) async throws {
        let (mended, rounds) = (
            try await taken.stored(of: Self.kinds), try await taken.stored(of: ["alone", "beside"])
        )
        guard mended == poisoned, rounds == 2 * good else {
            throw BenchmarkFailure(
                "\(mended) of \(poisoned) poisoned and \(rounds) of \(2 * good) good records were taken"
            )
        }
        let left = try await suite.answer("dead", "list", "--json")
        guard left.trimmingCharacters(in: .whitespacesAndNewlines) == "[]" else {
            throw BenchmarkFailure("something is still set aside after redriving: \(left.prefix(500))")
        }
    }
}
