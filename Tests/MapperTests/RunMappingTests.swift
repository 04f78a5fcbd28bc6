import Kafka
import KafkaTesting
import Messages
import Pipeline
import Testing

@testable import Mapper

/// A run is mapped by one set of rules: those of its terms.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Broker.isAvailable, "KAFKA_BOOTSTRAP_SERVERS is not set"))
struct RunMappingTests {
    private let title = MappingRule(target: DirectoryField.title.rawValue, kind: .constant, value: "new")

    private func page(_ id: String, by number: Int64) -> UserPage {
        var page = UserPage.users(#"[{"userid":"\#(id)","name":"A"}]"#)
        page.mappingNumber = MappingNumber(rawValue: number)
        return page
    }

    @Test("rules that are not there yet are waited for")
    func awaited() async throws {
        try await MapperWorld.with { world in
            try await world.publish(world.configuration(revision: 1, number: 1))
            try await world.send(RunStarted.sample(mapping: 2))
            try await world.send(page("a", by: 2))
            try await world.publish(world.configuration(revision: 2, mapping: [title], number: 2))
            #expect(try await world.received(2)[1].decode(UserBatch.self).users.map(\.title) == ["new"])
        }
    }

    @Test("a later revision with the same rules serves")
    func laterRevision() async throws {
        try await MapperWorld.with { world in
            try await world.publish(world.configuration(revision: 9, mapping: [title], number: 3))
            try await world.send(page("a", by: 3))
            #expect(try await world.received(1)[0].decode(UserBatch.self).users.map(\.title) == ["new"])
        }
    }

    @Test("a run whose rules are no more ends once, and the rest of it is passed over")
    func rulesChanged() async throws {
        try await MapperWorld.with { world in
            try await world.publish(world.configuration(revision: 2, number: 2))
            try await world.send(RunStarted.sample())
            try await world.send(page("a", by: 1))
            try await world.send(page("b", by: 1))
            try await world.send(RunAborted(outcome: .failed, reason: "late"))
            try await world.send(RunStarted.sample(mapping: 2), world.envelope(epoch: 2))
            let messages = try await world.received(3)
            #expect(messages.map(\.envelope.type) == [RunStarted.type, RunAborted.type, RunStarted.type])
            let aborted = try messages[1].decode(RunAborted.self)
            #expect(aborted.outcome == .failed)
            #expect(aborted.cause == .mappingChanged)
            #expect(messages[1].envelope.position == world.envelope().position)
        }
    }

    @Test("a holder that takes such a run over is told once more")
    func nextHolder() async throws {
        try await MapperWorld.with { world in
            try await world.publish(world.configuration(revision: 2, number: 2))
            for fence in 1...2 as ClosedRange<Int64> {
                try await world.send(page("a", by: 1), world.envelope(fence: fence))
                try await world.send(page("b", by: 1), world.envelope(fence: fence))
            }
            let messages = try await world.received(2)
            #expect(messages.map(\.envelope.type) == [RunAborted.type, RunAborted.type])
            #expect(messages.map { $0.envelope.position?.fence.rawValue } == [1, 2])
        }
    }

    @Test("a run that has begun with its rules ends with them, though they change meanwhile")
    func changedInTheMiddle() async throws {
        try await MapperWorld.with { world in
            try await world.publish(world.configuration(revision: 1, mapping: [title], number: 1))
            try await world.send(page("a", by: 1))
            _ = try await world.received(1)
            let stranger = world.stranger
            try await world.publish(world.configuration(revision: 2, number: 2))
            try await stranger.send(page("other", by: 2))
            try await stranger.publish(stranger.configuration(revision: 1, number: 2))
            // The table has read both by now.
            _ = try await world.received(1)
            try await world.send(page("b", by: 1))
            #expect(try await world.received(1)[0].decode(UserBatch.self).users.map(\.title) == ["new"])
        }
    }

    @Test("a run whose rules do not come ends with its reason, and the rest of it is passed over")
    func unknownRules() async throws {
        try await MapperWorld.with(patience: "0.2") { world in
            try await world.send(RunStarted.sample())
            try await world.send(page("a", by: 1))
            try await world.send(page("b", by: 1))
            try await world.send(RunStarted.sample(), world.envelope(epoch: 2))
            let messages = try await world.received(3)
            #expect(messages.map(\.envelope.type) == [RunStarted.type, RunAborted.type, RunStarted.type])
            #expect(try messages[1].decode(RunAborted.self).reason.contains("rules did not reach"))
        }
    }

    @Test("only the first run waits for rules that do not come")
    func waitsOnce() async throws {
        try await MapperWorld.with(patience: "3") { world in
            let start = ContinuousClock.now
            for epoch in 1...8 as ClosedRange<Int64> {
                try await world.send(page("a", by: 1), world.envelope(epoch: epoch))
            }
            #expect(try await world.received(8).allSatisfy { $0.envelope.type == RunAborted.type })
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }

    @Test("a run of another tenant than its identity provider's ends, and its page goes to the dead letters")
    func foreignTenant() async throws {
        try await MapperWorld.with { world in
            try await world.publish(world.configuration())
            var envelope = world.envelope()
            envelope.tenant = .make()
            try await world.send(page("a", by: 1), envelope)
            try await world.send(page("b", by: 1), envelope)
            try await world.send(RunStarted.sample(), world.envelope(epoch: 2))
            let messages = try await world.received(2)
            #expect(try messages[0].decode(RunAborted.self).cause == .foreignTenant)
            #expect(messages[1].envelope.type == RunStarted.type)
            #expect(try await world.rejected(1).map(\.reason) == ["The identity provider is another tenant's."])
        }
    }

    @Test("a page that waits for its rules is no dead letter when the mapper stops")
    func cancelled() async throws {
        let settings = StageSettings(kafka: Broker.settings)
        let table = ConfigurationTable(settings: settings, logger: Broker.quiet)
        let mappings = Mappings(configurations: table, patience: .seconds(600))
        let handler = MappingHandler(
            mappings: mappings,
            producer: try Producer(settings: Broker.settings, logger: Broker.quiet),
            namespace: .none,
            source: "test"
        )
        let envelope = Envelope(
            type: UserPage.type,
            source: "test",
            tenant: .make(),
            identityProvider: .make(),
            run: .make(),
            position: RunPosition(epoch: Epoch(rawValue: 1), fence: Fence(rawValue: 1))
        )
        let batch = try PartitionBatch.sample([(page("a", by: 1), envelope)])
        let task = Task { try await handler.handle(batch) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}

extension RunStarted {
    static func sample(mapping: Int64 = 1) -> RunStarted {
        RunStarted(
            kind: .full,
            isDryRun: false,
            terms: RunTerms(mapping: MappingNumber(rawValue: mapping)),
            requestedAt: Timestamp(millisecondsSince1970: 1_700_000_000_000)
        )
    }
}
