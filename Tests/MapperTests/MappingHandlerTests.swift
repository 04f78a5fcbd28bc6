import Kafka
import KafkaTesting
import Mapping
import Messages
import Pipeline
import Traces
import Testing

@testable import Mapper

@Suite(.timeLimit(.minutes(5)), .enabled(if: Broker.isAvailable, "KAFKA_BOOTSTRAP_SERVERS is not set"))
struct MappingHandlerTests {
    private let manifest = FetchManifest(
        departmentsExpected: 1,
        departmentsRead: 1,
        pages: 2,
        distinctUsers: 1,
        userDigest: .zero,
        departmentDigest: .zero,
        scopeHash: .zero,
        visibleRangeHash: .zero,
        unreadDepartments: [7],
        isRangeWhole: false,
        findings: [Finding(.user("a"), .absent, code: 60111)],
        isComplete: false,
        incompleteReasons: ["Department 7 could not be read."]
    )

    private let started = RunStarted(
        kind: .full,
        isDryRun: false,
        terms: RunTerms(),
        requestedAt: Timestamp(millisecondsSince1970: 1_700_000_000_000)
    )

    @Test("a run is handed on in order, mapped, under the same position and trace")
    func wholeRun() async throws {
        try await MapperWorld.with { world in
            try await world.publish(world.configuration())
            let envelope = world.envelope(epoch: 3, fence: 2)
            try await world.send(started, envelope)
            try await world.send(DepartmentPage.departments(#"[{"id":1,"name":"根"}]"#), envelope)
            try await world.send(UserPage.users(#"[{"userid":"a","name":"A"},{"name":"B"}]"#), envelope)
            try await world.send(RunFetched(manifest: manifest), envelope)
            let messages = try await world.received(4)
            #expect(
                messages.map(\.envelope.type) == [
                    RunStarted.type, DepartmentBatch.type, UserBatch.type, RunMapped.type,
                ]
            )
            for message in messages {
                #expect(message.envelope.position == envelope.position)
                #expect(message.envelope.run == envelope.run)
                #expect(message.envelope.tenant == envelope.tenant)
                #expect(message.envelope.trace.traceID == envelope.trace.traceID)
                #expect(message.envelope.trace.spanID != envelope.trace.spanID)
                #expect(message.record.key == Array(world.identityProvider.description.utf8))
            }
            #expect(try messages[0].decode(RunStarted.self) == started)
            #expect(try messages[1].decode(DepartmentBatch.self).departments.map(\.name) == ["根"])
            let users = try messages[2].decode(UserBatch.self)
            #expect(users.page == 7)
            #expect(users.users.map(\.displayName) == ["A"])
            #expect(users.rejected.map(\.reason) == ["the field userid is missing"])
            #expect(try messages[3].decode(RunMapped.self).manifest == manifest)
        }
    }

    @Test("of a batch that could not be handed on nothing is missing when it comes again")
    func comesAgain() async throws {
        let cluster = MockCluster()
        let topic = TopicNamespace.none.name(of: TopicCatalogue.directoryRecords)
        try cluster.createTopic(topic)
        let settings = StageSettings(kafka: cluster.settings)
        let handler = MappingHandler(
            mappings: Mappings(configurations: ConfigurationTable(settings: settings, logger: Broker.quiet)),
            producer: try Producer(
                settings: cluster.settings.merging(["delivery.timeout.ms": "2000", "reconnect.backoff.max.ms": "200"]) {
                    $1
                },
                logger: Broker.quiet
            ),
            namespace: .none,
            source: "test"
        )
        let (tenant, identityProvider, run) = (TenantID.make(), IdentityProviderID.make(), RunID.make())
        let batch = try PartitionBatch.sample(
            ([1, 2] as [Int64]).map { fence in
                let position = RunPosition(epoch: Epoch(rawValue: 1), fence: Fence(rawValue: fence))
                return (
                    started,
                    Envelope(
                        type: RunStarted.type,
                        source: "test",
                        tenant: tenant,
                        identityProvider: identityProvider,
                        run: run,
                        position: position
                    )
                )
            }
        )
        try cluster.stopBrokers()
        await #expect(throws: KafkaError.self) { try await handler.handle(batch) }
        try cluster.startBrokers()
        #expect(try await handler.handle(batch).isEmpty)
        let consumer = try BroadcastConsumer(
            topics: [topic],
            from: .beginning,
            settings: cluster.settings,
            logger: Broker.quiet
        )
        var fences: [Int64?] = []
        try await eventually("both runs' beginnings") {
            for record in try await consumer.next(upTo: 10, patience: .milliseconds(100)) {
                fences.append(try IncomingMessage(record).envelope.position?.fence.rawValue)
            }
            return fences.count == 2
        }
        try await consumer.close()
        #expect(fences == [1, 2])
    }

    @Test("pages that do not travel are handed on with the mapping that holds, the others with it and their origin")
    func unchangedPages() async throws {
        try await MapperWorld.with { world in
            let title = MappingRule(target: DirectoryField.title.rawValue, kind: .constant, value: "new")
            let rules = MappingRule.defaults + [title]
            try await world.publish(world.configuration(mapping: rules))
            try await world.send(started)
            let origin = PageOrigin(department: 3, part: 1, digest: ContentDigest(high: 1, low: 2))
            var page = UserPage.users(#"[{"userid":"a"}]"#)
            try await world.send(page)
            page.origin = origin
            try await world.send(page)
            let users = DigestList([ContentDigest(high: 3, low: 4)])
            let pages = [UnchangedPages.Page(origin: origin, users: users)]
            try await world.send(UnchangedPages(page: 8, pages: pages))
            let messages = try await world.received(4)
            let batches = [try messages[1].decode(UserBatch.self), try messages[2].decode(UserBatch.self)]
            let mapping = CompiledMapping(rules).fingerprint
            #expect(batches.map(\.origin) == [nil, origin])
            #expect(batches.map(\.mapping) == [nil, mapping])
            #expect(
                try messages[3].decode(UnchangedPages.self) == UnchangedPages(page: 8, pages: pages, mapping: mapping)
            )
        }
    }

    @Test("an aborted run is handed on as it is")
    func abortedRun() async throws {
        try await MapperWorld.with { world in
            let aborted = RunAborted(outcome: .failed, reason: "WeCom refuses.", errorCode: 48002)
            try await world.send(aborted)
            #expect(try await world.received(1)[0].decode(RunAborted.self) == aborted)
        }
    }

    @Test("what comes late from an earlier holder is not handed on")
    func lateHolder() async throws {
        try await MapperWorld.with { world in
            try await world.publish(world.configuration())
            try await world.send(started, world.envelope(fence: 2))
            try await world.send(UserPage.users(#"[{"userid":"late"}]"#), world.envelope(fence: 1))
            try await world.send(UserPage.users(#"[{"userid":"new"}]"#), world.envelope(fence: 2))
            let messages = try await world.received(2)
            #expect(try messages[1].decode(UserBatch.self).users.map(\.externalID) == ["new"])
        }
    }

    @Test("the beginning of a run whose number is behind is handed on for the writer to answer, and nothing else of it")
    func passedEpoch() async throws {
        try await MapperWorld.with { world in
            try await world.publish(world.configuration())
            try await world.send(started, world.envelope(epoch: 10, fence: 4))
            try await world.send(started, world.envelope(epoch: 8, fence: 1))
            try await world.send(UserPage.users(#"[{"userid":"behind"}]"#), world.envelope(epoch: 8, fence: 1))
            try await world.send(try world.record(RunStarted.type, "oops", world.envelope(epoch: 9, fence: 1)))
            try await world.send(UserPage.users(#"[{"userid":"behind"}]"#), world.envelope(epoch: 9, fence: 1))
            try await world.send(UserPage.users(#"[{"userid":"new"}]"#), world.envelope(epoch: 10, fence: 4))
            let messages = try await world.received(4)
            #expect(
                messages.map(\.envelope.type) == [RunStarted.type, RunStarted.type, RunAborted.type, UserBatch.type]
            )
            #expect(messages.map { $0.envelope.position?.epoch.rawValue } == [10, 8, 9, 10])
        }
    }
}
