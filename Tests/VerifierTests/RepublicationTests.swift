import Foundation
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Verifier

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"))
struct RepublicationTests {
    private static let reborn = Incarnation.make()
    private let configuration: IdentityProviderConfiguration

    init() throws { configuration = try Bench.identityProvider() }

    @Test("whoever is in no part of a whole republication is gone with its last part, and their sessions end")
    func gone() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([change(1, 1, ["li", "wang", "zhao"])])
            for person in ["li", "wang", "zhao"] { try await bench.logOn(person) }
            try await bench.handle([change(1, 2, ["li"], part: 1)])
            #expect(try await bench.people() == ["li 张三", "wang 张三", "zhao 张三"])
            try await bench.handle([change(1, 3, ["zhao"], part: 2, isLast: true)])
            #expect(try await bench.people() == ["li 张三", "zhao 张三"])
            #expect(try await bench.liveSessions() == ["li", "zhao"])
            #expect(try await bench.gap() == nil)
        }
    }

    @Test("a republication without people leaves none")
    func empty() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([change(1, 1, ["li"]), change(1, 2, [], part: 1, isLast: true)])
            #expect(try await bench.people().isEmpty)
        }
    }

    @Test("whom a message between two parts brings is not taken for gone")
    func between() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([
                change(1, 1, ["li"]), change(1, 2, ["li"], part: 1), change(2, 1, ["wang"]),
                change(2, 2, [], part: 2, isLast: true),
            ])
            #expect(try await bench.people() == ["li 张三", "wang 张三"])
        }
    }

    @Test("whose WeCom id changed stays, also where the old one is another human's by now", arguments: [1, nil])
    func renamed(part: Int?) async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([change(1, 1, ["li"])])
            try await bench.logOn("li")
            let li = try Bench.person("li", in: configuration)
            let users = [("li", UserID(UUID())), ("wang", li.id)].map { externalID, id in
                DirectoryChanges.UserChange(
                    kind: part == nil && id != li.id ? .created : .updated,
                    id: id,
                    externalID: externalID,
                    username: nil,
                    displayName: externalID,
                    email: nil,
                    isEnabled: true,
                    departments: []
                )
            }
            var change = TestChange(epoch: 1, sequence: 2, users: users)
            change.snapshot = part.map { DirectorySnapshot(part: $0, isLast: true) }
            try await bench.handle([change.record(configuration)])
            #expect(try await bench.people() == ["li li", "wang wang"])
            #expect(try await bench.liveSessions() == ["li"])
        }
    }

    @Test("another incarnation counts from its republication on, however low its epoch")
    func reborn() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([change(9, 1, ["li", "wang"])])
            try await bench.handle([rebornChange(3, 4, ["wang", "zhao"], part: 1, isLast: true)])
            #expect(try await bench.people() == ["wang 张三", "zhao 张三"])
            try await bench.handle([rebornChange(4, 1, ["qian"])])
            #expect(try await bench.people() == ["qian 张三", "wang 张三", "zhao 张三"])
            #expect(try await bench.gap() == nil)
        }
    }

    @Test("what another incarnation says before its republication is not applied, and noticed")
    func unfounded() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([change(1, 1, ["li"])])
            try await bench.handle([rebornChange(2, 1, ["wang"])])
            #expect(try await bench.people() == ["li 张三"])
            #expect(try await bench.gap()?.contains("anew") == true)
            try await bench.handle([
                rebornChange(2, 2, ["zhao"], part: 1), rebornChange(2, 3, [], part: 2, isLast: true),
            ])
            #expect(try await bench.people() == ["zhao 张三"])
            #expect(try await bench.gap() == nil)
        }
    }

    @Test("the incarnation before does not come back, not even with its whole republication")
    func passedIncarnation() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let old = [try change(1, 1, ["li"], part: 1, isLast: true), try change(1, 2, ["wang"])]
            try await bench.handle(old)
            try await bench.handle([rebornChange(1, 5, ["zhao"], part: 1, isLast: true)])
            let before = try await bench.dump()
            try await bench.handle(old)
            #expect(try await bench.dump() == before)
            #expect(try await bench.gap() == nil)
        }
    }

    @Test("a message that never came is noticed, what comes after is applied, and the next republication mends it")
    func gap() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([change(1, 1, ["li"]), change(1, 3, ["zhao"])])
            #expect(try await bench.people() == ["li 张三", "zhao 张三"])
            #expect(try await bench.gap()?.contains("message 3 of epoch 1") == true)
            try await bench.handle([change(1, 4, ["li", "wang", "zhao"], part: 1)])
            #expect(try await bench.gap() != nil)
            try await bench.handle([change(1, 5, [], part: 2, isLast: true)])
            #expect(try await bench.gap() == nil)
            #expect(try await bench.people().count == 3)
        }
    }

    @Test("a republication of which a part is missing deletes nobody and mends nothing")
    func missingPart() async throws {
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle([change(1, 1, ["li", "wang"]), change(1, 2, ["li"], part: 1)])
            try await bench.handle([change(1, 4, [], part: 3, isLast: true)])
            #expect(try await bench.people() == ["li 张三", "wang 张三"])
            #expect(try await bench.gap() != nil)
        }
    }

    @Test("read again from anywhere, after a kill at any message, everything ends the same")
    func replay() async throws {
        let log = try [
            change(1, 1, ["li", "wang"]), change(1, 2, ["zhao"]), change(2, 1, ["li", "wang"], part: 1),
            change(2, 2, ["qian"], part: 2, isLast: true), change(3, 1, ["sun"]),
            rebornChange(2, 1, ["li"], part: 1), rebornChange(2, 2, ["zhou"], part: 2),
            rebornChange(2, 3, [], part: 3, isLast: true), rebornChange(3, 1, ["wu"]),
        ].enumerated().map { index, record in
            Record(
                position: Position(topic: "directory.changes.v1", partition: 0, offset: Int64(index)),
                key: record.key,
                value: record.value,
                headers: record.headers
            )
        }
        var whole: [String] = []
        try await ProjectionBench.run(configuration) { bench in
            try await bench.handle(log)
            whole = try await bench.dump()
            #expect(try await bench.people() == ["li 张三", "wu 张三", "zhou 张三"])
            for start in log.indices {
                for record in log[start...] {
                    try await bench.handle([record])
                    try await bench.handle([record])
                }
                #expect(try await bench.dump() == whole)
            }
        }
        // Killed after each message: what was committed so far is read again from the beginning.
        try await ProjectionBench.run(configuration) { bench in
            for end in log.indices {
                try await bench.handle(Array(log[...end]))
                let once = try await bench.dump()
                try await bench.handle(Array(log[...end]))
                #expect(try await bench.dump() == once)
            }
            #expect(try await bench.dump() == whole)
        }
    }

    @Test("a gap is shown with its remedy until a republication mends it")
    func readiness() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let readiness = Readiness()
            let watch = GapWatch(
                database: bench.database,
                configurations: ConfigurationTable(settings: StageSettings(kafka: [:]), logger: Broker.quiet),
                readiness: readiness,
                logger: Broker.quiet,
                period: .milliseconds(20)
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.run() }
                try await bench.handle([change(1, 2, ["li"])])
                let remedy = "bridgectl directory republish --idp \(configuration.id)"
                try await eventually("the remedy is named") {
                    readiness.remarks[GapWatch.component]?.contains(remedy) == true
                }
                try await bench.handle([change(1, 3, ["li"], part: 1, isLast: true)])
                try await eventually("nothing is missing") { readiness.remarks.isEmpty }
                group.cancelAll()
            }
        }
    }

    @Test("people of two generations with the same WeCom id stand side by side, and only one of them is found")
    func generations() async throws {
        try await ProjectionBench.run(configuration) { bench in
            var next = configuration
            next.generation = .first.next
            let (old, new) = (try Bench.person("li", in: configuration), try Bench.person("li", in: next))
            #expect(old.id != new.id)
            try await bench.handle([
                TestChange(epoch: 1, sequence: 1, users: [old]).record(configuration),
                TestChange(epoch: 2, sequence: 1, users: [new], generation: next.generation).record(configuration),
            ])
            let principals = PrincipalStore(database: bench.database)
            let key = UserIDCase.insensitive.key(of: "Li")
            #expect(try await principals.find(key, in: configuration.id, .first)?.id == old.id)
            #expect(try await principals.find(key, in: configuration.id, next.generation)?.id == new.id)
            #expect(try await principals.find(key, in: configuration.id, next.generation.next) == nil)
        }
    }

    @Test("the spelling of a person's key is what the message says")
    func keys() async throws {
        try await ProjectionBench.run(configuration) { bench in
            let users = [try Bench.person("LiSi", in: configuration)]
            try await bench.handle([
                TestChange(epoch: 1, sequence: 1, users: users, userIDCase: .sensitive).record(configuration)
            ])
            #expect(try await bench.people() == ["LiSi 张三"])
        }
    }

    @Test("the same id may stand in two identity providers for two people")
    func sameID() async throws {
        let other = try Bench.identityProvider()
        try await ProjectionBench.run(configuration) { bench in
            var (one, two) = (try Bench.person("li", in: configuration), try Bench.person("wang", in: other))
            one.displayName = "one"
            two.id = one.id
            try await bench.handle([
                TestChange(epoch: 1, sequence: 1, users: [one]).record(configuration),
                TestChange(epoch: 1, sequence: 1, users: [two]).record(other),
            ])
            #expect(try await bench.people() == ["li one"])
            #expect(try await bench.database.run("select from verifier.principals").count == 2)
        }
    }

    private func change(
        _ epoch: Int64,
        _ sequence: Int64,
        _ userIDs: [String],
        part: Int? = nil,
        isLast: Bool = false,
        incarnation: Incarnation = Bench.incarnation
    ) throws -> Record {
        let users = try userIDs.map { try Bench.person($0, in: configuration) }
        var change = TestChange(epoch: epoch, sequence: sequence, users: users, incarnation: incarnation)
        change.snapshot = part.map { DirectorySnapshot(part: $0, isLast: isLast) }
        return try change.record(configuration)
    }

    private func rebornChange(
        _ epoch: Int64,
        _ sequence: Int64,
        _ userIDs: [String],
        part: Int? = nil,
        isLast: Bool = false
    ) throws -> Record {
        try change(epoch, sequence, userIDs, part: part, isLast: isLast, incarnation: Self.reborn)
    }
}
