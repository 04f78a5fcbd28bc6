import ArgumentParser
import DeadLetterTesting
import Failures
import Foundation
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Runtime
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(5)), .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS"))
struct RedriveTests {
    private static let operation = "0198c0de-0000-7000-8000-00000000000a"

    private func sample(_ number: Int = 0, poison: PoisonKind = .noRun, in ground: DeadGround) throws -> OutgoingRecord
    {
        try poison.record(number, of: .make(), to: ground.topic)
    }

    @Test(
        "poisoned records of twelve kinds are all found with the right reason, and redriven after mending all applied",
        arguments: [true, false]
    )
    func twelveKinds(namesRecords: Bool) async throws {
        try await DeadGround.with { ground in
            let (reader, tenant, ofEach) = (MendableReader(namesRecords: namesRecords), TenantID.make(), 4)
            let poisoned = try (0..<ofEach).flatMap { number in
                try PoisonKind.allCases.map { try $0.record(number, of: tenant, to: ground.topic) }
            }
            try await ground.reading(by: reader) {
                _ = try await ground.producer.send(poisoned)
                try await eventually("all letters") {
                    try await ground.items().count == poisoned.count
                }
                #expect(reader.taken.isEmpty)
                let letters = try await ground.records(in: ground.deadTopic).compactMap(DeadLetter.init)
                #expect(letters.map { $0.record.header("poison") } == letters.map(\.cause.code))
                let items = try await ground.items()
                #expect(items.allSatisfy { !$0.advice.isEmpty && $0.obstacle == nil })
                let histogram = try CountDead.parse(["--tenant", tenant.description])
                let counts = histogram.counts(histogram.selection.of(items))
                #expect(counts.map(\.count) == Array(repeating: ofEach, count: PoisonKind.allCases.count - 1))

                reader.mend()
                let told = try await ground.audited { environment in
                    let arguments = ["--all", "--why", "the reader was mended", "--rate", "1000"]
                    let text = try await RedriveDead.parse(arguments).outcome(environment)
                    #expect(text.hasPrefix("\(poisoned.count) are redriven\n"))
                }
                #expect(told.count == 1 && told[0].contains(#""action":"dead.redriven""#))
                try await eventually("all of them") { reader.taken.count == poisoned.count }
            }
            #expect(try await ground.items().isEmpty)
            let taken = Dictionary(grouping: reader.taken) {
                "\($0.header("poison") ?? "") \($0.header("number") ?? "")"
            }
            for record in poisoned {
                let name = ["poison", "number"].map { name in record.headers.first { $0.name == name }?.value ?? [] }
                let again = try #require(
                    taken[name.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")]?.first
                )
                #expect(again.key == record.key.map { Array($0.utf8) } && again.value == record.value)
                #expect(again.headers.filter { !$0.name.hasPrefix("redriven") } == record.headers)
                #expect(again.header("redriven") == "1" && again.header("redriven-by") == Self.operation)
            }
        }
    }

    @Test("a dry run, and what is chosen, leave everything else as it is")
    func chosen() async throws {
        try await DeadGround.with { ground in
            try await ground.bury([try sample(in: ground), try sample(in: ground)], as: .noRun)
            try await ground.bury([try sample(in: ground)], as: .outOfDate)
            let told = try await ground.audited { environment in
                let dry = try await RedriveDead.parse(["--all", "--dry-run"]).outcome(environment)
                #expect(dry == "3 would be redriven\n    no-run: 2\n    out-of-date: 1")
                #expect(try await ground.items().count == 3)
                let one = try await RedriveDead.parse(["--reason", "out-of-date", "--why", "mended"]).outcome(
                    environment
                )
                #expect(one.hasPrefix("1 are redriven"))
                #expect(try await ground.items().map(\.code) == ["no-run", "no-run"])
                let rest = try await DiscardDead.parse(["--reason", "no-run", "--why", "nobody's", "--json"])
                    .outcome(environment)
                #expect(rest.contains(#""discarded":2"#))
                #expect(try await ground.items().isEmpty)
            }
            #expect(told.count == 2)
            #expect(try await ground.records(in: ground.topic).count == 4)
        }
    }

    @Test("what comes back again and again is left alone, unless it is forced")
    func loop() async throws {
        try await DeadGround.with { ground in
            var record = try sample(in: ground)
            record.headers.append(Header("redriven", "3"))
            try await ground.bury([record])
            _ = try await ground.audited { environment in
                let arguments = ["--all", "--why", "once more"]
                let stopped = try await RedriveDead.parse(arguments).outcome(environment)
                #expect(stopped.contains("1 were redriven too often"))
                #expect(try await ground.records(in: ground.topic).count == 1)
                _ = try await RedriveDead.parse(arguments + ["--force"]).outcome(environment)
            }
            let records = try await ground.records(in: ground.topic)
            #expect(records.map { $0.header("redriven") }.sorted { $0 ?? "" < $1 ?? "" } == ["3", "4"])
        }
    }

    @Test("an edited record says what the file says, and the audit has from what to what")
    func edited() async throws {
        try await DeadGround.with { ground in
            try await ground.bury([try sample(in: ground)])
            let id = try #require(try await ground.items().first?.id)
            let value = try Messages.CancelRun(run: .make(), epoch: Epoch(rawValue: 1)).encode()
            let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
            try Data(value).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let told = try await ground.audited { environment in
                let arguments = ["--id", id, "--value", file.path(), "--why", "a typo"]
                _ = try await RedriveDead.parse(arguments).outcome(environment)
                let shown = try await ShowDead.parse([id]).outcome(environment)
                #expect(shown.contains(#""as" : "redriven""#) && shown.contains(Self.operation))
                #expect(!shown.contains(#""value""#))
            }
            #expect(told[0].contains(ContentDigest(of: value).description))
            #expect(try await ground.records(in: ground.topic).map(\.value).contains(value))
        }
    }

    @Test("what the audit does not take is not done")
    func unaudited() async throws {
        try await DeadGround.with { ground in
            try await ground.bury([try sample(in: ground)])
            _ = try await withRegistry("{}") { [variables = ground.environment] environment in
                await #expect(throws: AdminAPIError.self) {
                    try await RedriveDead.parse(["--all", "--why", "x"]).outcome(environment.setting(variables))
                }
            }
            #expect(try await ground.items().count == 1)
            #expect(try await ground.records(in: ground.topic).count == 1)
        }
    }

    @Test("a letter that names another topic as its own, or was cut, is not redriven")
    func obstacles() async throws {
        try await DeadGround.with { ground in
            var large = try sample(in: ground)
            large.headers.append(Header("padding", String(repeating: "x", count: 1_000)))
            let rejection = Rejection(
                record: Record(
                    position: Position(topic: ground.topic, partition: 0, offset: 0),
                    key: nil,
                    value: large.value,
                    headers: large.headers
                ),
                reason: "cut"
            )
            var foreign = DeadLetters.letter(rejection, stage: DeadGround.stage)
            foreign.headers = foreign.headers.map { $0.name == "dead-topic" ? Header($0.name, "elsewhere") : $0 }
            let cut = DeadLetters.letter(rejection, stage: DeadGround.stage, within: 1_200)
            _ = try await ground.producer.send([foreign, cut])
            let items = try await ground.items()
            #expect(items.count == 2 && items.allSatisfy { $0.obstacle != nil })
            _ = try await ground.audited { environment in
                let text = try await RedriveDead.parse(["--all", "--why", "x", "--force"]).outcome(environment)
                #expect(text.hasPrefix("0 are redriven"))
            }
            #expect(try await ground.records(in: ground.topic).isEmpty)
        }
    }

    @Test(
        "what is not asked for clearly is refused",
        arguments: [
            [], ["--all"], ["--why", "x"], ["--all", "--why", "x", "--rate", "0"],
            ["--all", "--why", "x", "--value", "f"], ["--all", "--why", "x", "--from", "today"],
        ]
    )
    func unclear(arguments: [String]) {
        #expect(throws: (any Error).self) { try RedriveDead.parse(arguments) }
    }
}
