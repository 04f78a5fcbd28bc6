import ArgumentParser
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

/// `bridge-bench dead`: what a reader does with records that it can never handle, beside good ones.
struct DeadBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract:
            "Poisons a reader's topic in twelve ways, finds everything by bridgectl, and redrives it after mending.",
        discussion: """
            A stage as every service has it reads the topic and writes what it takes into PostgreSQL: first good records alone, \
            then as many beside the poisoned ones. Needs what compose/local bench gives.
            """
    )

    @Option(help: "Poisoned records of all twelve kinds together.") var poisoned = 10_000
    @Option(help: "Good records, alone and beside them.") var good = 500_000
    @OptionGroup var suite: SuiteOptions

    func validate() throws {
        guard poisoned >= 12, good > 0 else {
            throw ValidationError("--poisoned is 12 at least, and --good more than 0")
        }
    }

    func run() async throws {
        let summary = try await withSuite("dead", partitions: 12, variables: suite.variables, starting: [.registry]) {
            try await DeadPlay.with($0) { try await $0.play(poisoned: poisoned, good: good) }
        }
        suite.show(summary.table, summary.json)
    }
}

/// What the benchmark does, on one suite.
private struct DeadPlay {
    let suite: Suite
    let database: Database
    let producer: Producer
    let reader: MendableReader

    private static let stage = "wecom-fetcher"
    private static let portion = 10_000

    static func with<Value>(_ suite: Suite, _ body: (DeadPlay) async throws -> Value) async throws -> Value {
        let database = Database(url: suite.databaseURL, connections: 4, logger: quietLogger())
        try await database.run(
            "create table taken (kind text not null, number integer not null, primary key (kind, number))"
        )
        let reader = MendableReader(keeping: { records in
            let kinds = records.map { $0.header("poison") ?? $0.header("round") ?? "" }
            let numbers = records.map { Int($0.header("number") ?? "") ?? 0 }
            _ = try await database.run(
                "insert into taken select * from unnest(\(kinds)::text[], \(numbers)::int[]) on conflict do nothing"
            )
        })
        let producer = try Producer(settings: suite.brokerSettings, logger: quietLogger())
        let play = DeadPlay(suite: suite, database: database, producer: producer, reader: reader)
        let result = await asyncResult { try await body(play) }
        await database.close()
        return try result.get()
    }

    func play(poisoned: Int, good: Int) async throws -> DeadSummary {
        let each = poisoned / PoisonKind.allCases.count
        let count = each * PoisonKind.allCases.count
        let alone = try await read(rounds: "alone", good: good, poisonedOfEach: 0)
        let beside = try await read(rounds: "beside", good: good, poisonedOfEach: each, until: count)
        let counted = try await suite.answer("dead", "histogram", "--json")
        try expectReasons(counted, of: each)
        reader.mend()
        let start = ContinuousClock.now
        try await reading {
            _ = try await suite.answer("dead", "redrive", "--all", "--why", "the reader was mended")
            try await wait(for: count, of: PoisonKind.allCases.map(\.rawValue))
        }
        let left = try await suite.answer("dead", "list", "--json")
        guard left.trimmingCharacters(in: .whitespacesAndNewlines) == "[]" else {
            throw BenchmarkFailure("something is still set aside after redriving: \(left.prefix(500))")
        }
        return DeadSummary(
            poisoned: count,
            alone: Double(good) / alone,
            beside: Double(good) / beside,
            redriven: Double(count) / ((ContinuousClock.now - start) / .seconds(1))
        )
    }

    /// - Returns: The seconds from the stage's first look until all good records were taken.
    private func read(
        rounds round: String,
        good: Int,
        poisonedOfEach each: Int,
        until letters: Int = 0
    ) async throws -> Double {
        try await send(round, good: good, poisonedOfEach: each)
        var seconds = 0.0
        try await reading {
            // Its joining the group is no part of its work.
            try await wait(for: 1, of: [round])
            let start = ContinuousClock.now
            try await wait(for: good, of: [round])
            seconds = (ContinuousClock.now - start) / .seconds(1)
            _ = try await waitFor("all letters", within: .seconds(600)) {
                try await suite.deadLetters(of: TopicCatalogue.commands, Self.stage).count >= letters ? true : nil
            }
        }
        let found = try await suite.deadLetters(of: TopicCatalogue.commands, Self.stage)
        for letter in found where letter.record.header("poison") != letter.cause.code {
            throw BenchmarkFailure(
                "\(letter.record.header("poison") ?? "a good one") was set aside as \(letter.cause.code)"
            )
        }
        guard found.count == letters else { throw BenchmarkFailure("\(found.count) letters instead of \(letters)") }
        return seconds
    }

    /// The poisoned ones lie evenly among the good ones.
    private func send(_ round: String, good: Int, poisonedOfEach each: Int) async throws {
        let topic = suite.namespace.name(of: TopicCatalogue.commands)
        let tenant = TenantID.make()
        let poisons = (0..<each).flatMap { number in PoisonKind.allCases.map { (kind: $0, number: number) } }
        var next = 0
        for start in stride(from: 0, to: good, by: Self.portion) {
            let end = min(start + Self.portion, good)
            var records = try (start..<end).map { try PoisonKind.good($0, round, of: tenant, to: topic) }
            let share = poisons.count * end / good
            for poison in poisons[next..<share] {
                let record = try poison.kind.record(poison.number, of: tenant, to: topic)
                records.insert(record, at: Int.random(in: 0...records.count))
            }
            next = share
            _ = try await producer.send(records)
        }
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
        _ = try await waitFor("\(count) records taken", within: .seconds(900), every: .milliseconds(20)) {
            let taken = try await database.run("select count(*) from taken where kind = any(\(kinds)::text[])")[0]
            return try taken.decode(Int.self) >= count ? true : nil
        }
    }

    private func expectReasons(_ histogram: String, of each: Int) throws {
        struct Line: Decodable {
            let reason: String
            let count: Int
        }
        let lines = try JSONDecoder().decode([Line].self, from: Data(histogram.utf8))
        let found = Dictionary(uniqueKeysWithValues: lines.map { ($0.reason, $0.count) })
        let wanted = Dictionary(uniqueKeysWithValues: PoisonKind.allCases.map { ($0.rawValue, each) })
        guard found == wanted else {
            throw BenchmarkFailure("bridgectl counts \(found) instead of \(each) of each kind")
        }
    }
}

/// What came of it.
private struct DeadSummary {
    let poisoned: Int
    let alone: Double
    let beside: Double
    let redriven: Double

    var json: Figure {
        .object([
            ("poisoned", .count(poisoned)), ("good_per_second_alone", .number(alone, places: 0)),
            ("good_per_second_beside", .number(beside, places: 0)), ("share", .number(beside / alone, places: 2)),
            ("redriven_per_second", .number(redriven, places: 0)),
        ])
    }

    var table: String {
        var table = Table()
        table.add("poisoned records, found with their reasons and redriven", "\(poisoned)")
        table.add("good ones alone", alone, "a second", places: 0)
        table.add("good ones beside them", beside, "a second", places: 0)
        table.add("share", beside / alone, "", places: 2)
        table.add("redriven and applied", redriven, "a second", places: 0)
        return table.text
    }
}
