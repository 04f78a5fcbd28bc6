import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import Testing

@testable import Fetcher

extension WorkerTests {
    /// Every run is answered, whatever became of its command.
    @Suite
    struct AnswerTests {
        /// Why a command is not taken.
        enum Fault: CaseIterable {
            case noJSON, noValue, unknownKind, unknownScope, newerVersion, foreignTenant, epochPassed, epochTaken

            var cause: RunEndCause {
                switch self {
                case .noJSON, .noValue, .unknownKind, .unknownScope, .newerVersion: .unreadable
                case .foreignTenant: .foreignTenant
                case .epochPassed: .epochPassed
                case .epochTaken: .epochTaken
                }
            }

            /// Whether the record is at fault.
            var isDeadLetter: Bool { self != .epochPassed && self != .epochTaken }
        }

        @Test(
            "a command that cannot be taken is answered with its cause, and those behind it are taken",
            arguments: Fault.allCases
        )
        func refused(_ fault: Fault) async throws {
            try await FetcherWorld.with { world in
                let fetcher = try await world.start()
                var source = try await world.makeSource()
                let first = try await world.request(source, epoch: 5)
                _ = try await world.records.until([RunFetched.type], of: first)
                let epoch: Int64 = fault == .epochPassed ? 4 : fault == .epochTaken ? 5 : 6
                let good = source
                if fault == .foreignTenant { source.tenant = .make() }
                var record = try world.command(source, epoch: epoch)
                let json = String(decoding: record.value ?? [], as: UTF8.self)
                switch fault {
                case .noJSON: record.value = Array("oops".utf8)
                case .noValue: record.value = nil
                case .unknownKind:
                    record.value = Array(json.replacing(#""kind":"full""#, with: #""kind":"later""#).utf8)
                case .unknownScope:
                    record.value = Array(json.replacing(#""kind":"all""#, with: #""kind":"later""#).utf8)
                case .newerVersion:
                    record.headers.removeAll { $0.name == "ce_type" }
                    record.headers.append(Header("ce_type", "wecombridge.run-sync.v2"))
                case .foreignTenant, .epochPassed, .epochTaken: break
                }
                _ = try await world.producer.send(record)
                let run = try #require(IncomingMessage.run(of: record))
                let message = try #require(try await world.progress.until([RunFinished.type], of: run).last)
                let finished = try message.decode(RunFinished.self)
                #expect(message.envelope.tenant == good.tenant, "told to whom the identity provider belongs")
                #expect(finished.outcome == .failed)
                #expect(finished.cause == fault.cause)
                #expect(finished.reasons.count == 1)
                #expect(finished.currentEpoch.rawValue == max(5, epoch))
                #expect(
                    message.envelope.position == RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: 0))
                )
                let next = try await world.request(good, epoch: 7)
                _ = try await world.records.until([RunFetched.type], of: next)
                #expect(await !world.records.messages.contains { $0.envelope.run == run })
                if fault.isDeadLetter {
                    #expect(try await world.deadLetters.until("a letter") { !$0.isEmpty }.count == 1)
                }
                try await fetcher.stop()
            }
        }

        @Test(
            "a run of another tenant fails and nothing of it is sent, also if that is known only when it is worked on"
        )
        func foreignTenantKnownLate() async throws {
            try await FetcherWorld.with { world in
                let fetcher = try await world.start()
                let source = FetcherWorld.Source(tenant: .make(), identityProvider: .make(), terms: RunTerms())
                let run = try await world.request(source)
                try await eventually("the run waits for its configuration") {
                    try await !world.database.run("select from fetcher.inbox where state = 'claimed'").isEmpty
                }
                var owner = source
                owner.tenant = .make()
                try await world.publish(world.configuration(of: owner), owner)
                let finished = try await world.progress.until([RunFinished.type], of: run).last
                #expect(try finished?.decode(RunFinished.self).cause == .foreignTenant)
                let next = try await world.request(owner, epoch: 2)
                _ = try await world.records.until([RunFetched.type], of: next)
                #expect(await !world.records.messages.contains { $0.envelope.run == run })
                try await fetcher.stop()
            }
        }

        @Test("a command that comes again is not answered, and not read twice")
        func again() async throws {
            try await FetcherWorld.with { world in
                let fetcher = try await world.start()
                let source = try await world.makeSource()
                let record = try world.command(source, epoch: 1)
                let run = try #require(IncomingMessage.run(of: record))
                _ = try await world.producer.send([record, record])
                _ = try await world.records.until([RunFetched.type], of: run)
                _ = try await world.producer.send(record)
                let next = try await world.request(source, epoch: 2)
                let messages = try await world.records.until([RunFetched.type], of: next)
                #expect(await world.records.messages.count { $0.envelope.type == RunStarted.type } == 2)
                #expect(messages.last?.envelope.position?.fence.rawValue == 2)
                #expect(await !world.progress.messages.contains { $0.envelope.type == RunFinished.type })
                try await fetcher.stop()
            }
        }

        @Test("a row that cannot be read is set aside and answered, and keeps nobody else waiting")
        func unreadableRow() async throws {
            try await FetcherWorld.with { world in
                let fetcher = try await world.start()
                try await fetcher.stop()
                let source = try await world.makeSource()
                let run = RunID.make()
                try await world.database.run(
                    """
                    insert into fetcher.inbox
                        (run, idp, tenant, epoch, traceparent, kind, is_dry_run, terms, revision, cause, requested_at)
                    values (
                        \(run.uuid), \(source.identityProvider.uuid), \(source.tenant.uuid), 1, '', 'later', false,
                        '{}', 1, 'manual', 0
                    )
                    """
                )
                let second = try await world.start("two")
                let next = try await world.request(source, epoch: 2)
                _ = try await world.records.until([RunFetched.type], of: next)
                let finished = try await world.progress.until([RunFinished.type], of: run).last
                #expect(try finished?.decode(RunFinished.self).cause == .unreadable)
                #expect(try finished?.decode(RunFinished.self).currentEpoch.rawValue == 2)
                try await eventually("the row is done") {
                    try await world.database.run("select from fetcher.inbox where state = 'done' and run = \(run.uuid)")
                        .count == 1
                }
                try await second.stop()
            }
        }

        @Test("an end is told again until the brokers have it")
        func toldAgain() async throws {
            try await FetcherWorld.with { world in
                let fetcher = try await world.start()
                let source = try await world.makeSource()
                let run = try await world.request(source)
                _ = try await world.records.until([RunFetched.type], of: run)
                try await eventually("the run is done") {
                    try await world.database.run("select from fetcher.inbox where state = 'done'").count == 1
                }
                // Whoever was to tell it has died.
                try await world.database.run(
                    """
                    update fetcher.inbox set state = 'ended', not_before = now(),
                        ending = \(try RunFailure.deleted.json)::jsonb
                    """
                )
                let finished = try await world.progress.until([RunFinished.type], of: run).last
                #expect(try finished?.decode(RunFinished.self).cause == .deleted)
                try await fetcher.stop()
            }
        }

        @Test("a failure that stays ends the run at once, with its reason")
        func permanentFailure() async throws {
            try await FetcherWorld.with { world in
                let first = try await world.start("one")
                try await first.stop()
                let source = try await world.makeSource()
                let run = try await world.request(source)
                try await world.database.run(
                    "insert into fetcher.checkpoints values (\(run.uuid), 2, '\\x0102', array[]::text[])"
                )
                let second = try await world.start("two")
                let aborted = try await world.records.until([RunAborted.type, RunFetched.type], of: run).aborted()
                #expect(aborted?.outcome == .failed)
                #expect(aborted?.reason.contains("department 2") == true)
                try await second.stop()
            }
        }

        @Test("a run of a corp that is no longer behind the identity provider is cancelled")
        func otherGeneration() async throws {
            try await FetcherWorld.with { world in
                let source = try await world.makeSource { $0.generation = Generation(rawValue: 2) }
                let fetcher = try await world.start()
                let run = try await world.request(source, terms: RunTerms(generation: .first))
                let messages = try await world.records.until([RunAborted.type, RunFetched.type], of: run)
                #expect(try messages.aborted()?.outcome == .cancelled)
                #expect(await world.wecom.calls.isEmpty)
                try await fetcher.stop()
            }
        }

        @Test("a run is read by its terms, whatever the configuration says by now")
        func terms() async throws {
            try await FetcherWorld.with { world in
                let source = try await world.makeSource(scope: .departments([2]))
                let fetcher = try await world.start()
                let terms = RunTerms(scope: .departments([5]), mapping: MappingNumber(rawValue: 8))
                let run = try await world.request(source, terms: terms)
                let messages = try await world.records.until([RunFetched.type], of: run)
                #expect(try messages.first?.decode(RunStarted.self).terms == terms)
                #expect(try messages.manifest()?.scopeHash == terms.scope.hash)
                #expect(try messages.userPages().map(\.origin?.department) == [5])
                #expect(try messages.userPages().allSatisfy { $0.mappingNumber == terms.mapping })
                try await fetcher.stop()
            }
        }
    }
}

extension FetcherWorld {
    /// A command as the registry writes it.
    func command(_ source: Source, epoch: Int64, kind: RunSync.Kind = .full) throws -> OutgoingRecord {
        let run = RunID.make()
        let command = RunSync(
            run: run,
            epoch: Epoch(rawValue: epoch),
            kind: kind,
            terms: source.terms,
            configurationRevision: Revision(rawValue: 1),
            cause: .manual,
            requestedAt: Timestamp(millisecondsSince1970: 1_700_000_000_000)
        )
        return try OutgoingRecord(command, envelope: source.envelope(run: run, epoch: command.epoch), in: namespace)
    }
}

extension IncomingMessage {
    /// The run that a record names.
    static func run(of record: OutgoingRecord) -> RunID? {
        record.headers.first { $0.name == "ce_runid" }?.value
            .flatMap { RunID(String(decoding: $0, as: UTF8.self)) }
    }
}
