import Kafka
import Messages
import Testing

@testable import Writer

/// What the beginning of a run means, given what is known.
@Suite struct StartTests {
    static let id = IdentityProviderID.make()
    static let active = RunID.make()

    /// A partition whose database has the messages before 100, and run 5 of an identity provider, which is under way.
    func intake(finished: Int64 = 4, interruptedAt start: Int64? = nil, isDeleted: Bool = false) -> PartitionIntake {
        var standing = SourceStanding(tenant: .make(), generation: Generation(rawValue: 2), isStored: true)
        standing.position = RunPosition(epoch: Epoch(rawValue: 5), fence: Fence(rawValue: 3))
        standing.finishedEpoch = Epoch(rawValue: finished)
        standing.isDeleted = isDeleted
        var source = SourceState(identityProvider: Self.id, standing: standing)
        if let start {
            source.interrupted = .init(
                id: Self.active,
                partition: RunLog.partition,
                startOffset: start,
                counts: RunCounts(),
                refusals: Refusals(),
                allowance: .unlimited,
                fieldReports: FieldReports()
            )
        } else if finished < 5 {
            source.run = ActiveRun(
                id: Self.active,
                kind: .full,
                isDryRun: false,
                terms: RunTerms(),
                requestedAt: .now,
                startOffset: 90,
                fence: Fence(rawValue: 3),
                index: SourceIndex()
            )
        }
        var intake = PartitionIntake(partition: RunLog.partition, nextOffset: 100)
        intake.sources[Self.id] = source
        return intake
    }

    func start(
        _ intake: PartitionIntake,
        _ epoch: Int64,
        fence: Int64 = 3,
        run: RunID = active,
        kind: RunSync.Kind = .full,
        generation: Int64 = 2,
        offset: Int64 = 100
    ) -> PartitionIntake.Start {
        let terms = RunTerms(generation: Generation(rawValue: generation))
        return intake.start(
            RunStarted(kind: kind, isDryRun: false, terms: terms, requestedAt: .now),
            of: run,
            at: RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: fence)),
            Self.id,
            offset: offset
        )
    }

    @Test("a newer run begins, also while another is under way")
    func newer() {
        #expect(start(intake(), 6, run: .make()) == .begin)
        #expect(start(intake(finished: 5), 6, run: .make()) == .begin)
    }

    @Test("an older run does not begin again, whether it ever finished or not")
    func older() {
        #expect(start(intake(finished: 2), 4, run: .make()) == .over)
        #expect(start(intake(finished: 5), 3, run: .make()) == .over)
        #expect(start(intake(finished: 5), 5) == .over)
    }

    @Test("a new holder takes over, who was replaced does not, and another run with that number is told so")
    func holders() {
        #expect(start(intake(), 5, fence: 4) == .handOver)
        #expect(start(intake(), 5, fence: 3) == .ignored)
        #expect(start(intake(), 5, fence: 2) == .ignored)
        #expect(start(intake(), 5, fence: 4, run: .make()) == .passed(.epochTaken))
    }

    @Test("a run is taken up again at its own beginning only")
    func resumes() {
        let interrupted = intake(interruptedAt: 90)
        #expect(start(interrupted, 5, offset: 90) == .resume)
        #expect(start(interrupted, 5, offset: 80) == .ignored)
        #expect(start(interrupted, 5, fence: 4, offset: 95) == .ignored)
        #expect(start(interrupted, 4, offset: 90) == .ignored)
        #expect(start(interrupted, 5) == .ignored)
        #expect(start(intake(finished: 5), 5, offset: 90) == .ignored)
        #expect(start(intake(), 6, run: .make(), offset: 99) == .ignored)
    }

    @Test("nothing but a deletion begins once the identity provider is deleted, or of a corp that has gone")
    func refused() {
        #expect(start(intake(finished: 5, isDeleted: true), 6) == .passed(.deleted))
        #expect(start(intake(finished: 5, isDeleted: true), 6, kind: .delete) == .begin)
        #expect(start(intake(finished: 5), 6, generation: 1) == .passed(.pastGeneration))
        #expect(start(intake(finished: 5), 6, kind: .delete, generation: 1) == .begin)
        #expect(start(intake(finished: 5), 6, generation: 3) == .begin)
    }
}
