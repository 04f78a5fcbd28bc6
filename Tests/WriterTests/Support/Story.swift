import Kafka
import Messages
import Pipeline
import Postgres
import Testing

@testable import Writer

/// A directory whose runs are played one after the other.
struct Story {
    let world: WriterWorld
    let source: Source
    private(set) var log = RunLog()
    private var intake: DirectoryIntake
    private var offset: Int64 = 0
    private var epoch: Int64 = 0

    static func with(
        limits: SafetyLimits = SafetyLimits(),
        scope: SynchronizationScope = .all,
        mostPlanned: Int = PlanWriting.mostObjects,
        _ body: @Sendable (inout Story) async throws -> Void
    ) async throws {
        try await WriterWorld.with { world in
            var source = Source(limits: limits)
            source.terms.scope = scope
            let intake = try await world.assignedIntake(mostPlanned: mostPlanned)
            var story = Story(world: world, source: source, intake: intake)
            try await body(&story)
        }
    }

    private init(world: WriterWorld, source: Source, intake: DirectoryIntake) {
        self.world = world
        self.source = source
        self.intake = intake
    }

    /// The run that comes next.
    mutating func next(_ kind: RunSync.Kind = .full, day: Double? = nil) -> RunLog.Run {
        epoch += 1
        return RunLog.Run(source: source, epoch: epoch, kind: kind, day: day)
    }

    /// Has the writer read what is appended.
    mutating func play(_ append: (inout RunLog) throws -> Void) async throws {
        try append(&log)
        try await intake.read(log, from: offset)
        offset = log.end
    }

    /// Another writer takes the partition on.
    mutating func handOver() async throws {
        intake = world.intake()
        try await intake.readAnew(log)
    }

    /// Has another writer take the partition on after each message that is appended.
    mutating func handOverAfterEach(_ append: (inout RunLog) throws -> Void) async throws {
        try append(&log)
        for end in offset + 1...log.end {
            let intake = world.intake()
            var start: Int64 = 0
            let places = try await intake.assigned([AssignedPartition(RunLog.partition)])
            if case .at(let next)? = places[RunLog.partition] { start = next }
            try await intake.read(log, from: start, upTo: end)
        }
        offset = log.end
        try await handOver()
    }

    /// A full run that reads all of these, and what WeCom says of those whom it missed.
    ///
    /// - Returns: How it ended; `nil` while it waits for answers.
    @discardableResult
    mutating func run(
        _ users: [UserRecord],
        departments: [Int64] = [1],
        day: Double? = nil,
        limits: SafetyLimits? = nil,
        range: ContentDigest = .zero,
        isRangeWhole: Bool = true,
        unread: [Int64] = [],
        gone: [DirectoryObject] = [],
        answering answer: (inout RunLog, RunLog.Run) throws -> Void = { _, _ in }
    ) async throws -> RunFinished? {
        var run = next(day: day)
        if let limits {
            run.terms = source.terms
            run.terms?.safetyLimits = limits
        }
        var said = manifest(departments, users.map(\.externalID))
        (said.visibleRangeHash, said.isRangeWhole, said.unreadDepartments) = (range, isRangeWhole, unread)
        said.isComplete = unread.isEmpty && isRangeWhole
        try await play { log in
            let records = departments.map { department($0) }
            try log.append(run, departments: records, users: users, manifest: said)
            if !gone.isEmpty { try log.answer(run, absent: gone, range: range) }
            try answer(&log, run)
        }
        return try await end(of: run)
    }

    /// A run that carries out a decision.
    mutating func decide(
        _ kind: RunSync.Kind,
        upTo last: Int64? = nil,
        _ objects: [DirectoryObject]? = nil,
        reused: ReuseDecision? = nil,
        gone: [DirectoryObject] = [],
        answering answer: (inout RunLog, RunLog.Run) throws -> Void = { _, _ in }
    ) async throws -> RunFinished? {
        var run = next(kind)
        run.selection = HeldSelection(upTo: Epoch(rawValue: last ?? run.epoch - 1), objects: objects, reused: reused)
        try await play { log in
            try log.decide(run, gone: gone)
            try answer(&log, run)
        }
        return try await end(of: run)
    }

    /// How a run ended; `nil` if it is not over.
    func end(of run: RunLog.Run) async throws -> RunFinished? {
        let finished = try await world.finished(source)
        let over = try await world.strings(
            """
            select epoch::text from directory.runs
            where idp_id = \(source.id.uuid) and epoch = \(run.epoch) and outcome is not null
            """
        )
        return over.isEmpty ? nil : finished.last
    }

    func lastRun() async throws -> RunID {
        let rows = try await world.strings("select run_id::text from directory.runs order by epoch desc limit 1")
        return try #require(RunID(rows[0]))
    }

    func present() async throws -> [String] { try await world.present(of: source) }
    func missing() async throws -> [String: MissingObject] { try await world.missing(of: source) }
    func asked() async throws -> [AskFor] { try await world.asked(source) }

    /// Why people were removed, and whether they are kept for ever.
    func removals() async throws -> [String] {
        try await world.strings(
            """
            select external_id || ' ' || coalesce(removed_because, '-') || case when is_kept then ' kept' else '' end
            from directory.users where idp_id = \(source.id.uuid) and removed_at is not null order by 1
            """
        )
    }
}

/// So many people of departments, `u00` and on.
func people(_ numbers: some Sequence<Int>, in departments: [Int64] = [1]) -> [UserRecord] {
    numbers.map { person(name($0), departments: departments) }
}

/// People by their numbers.
func users(_ numbers: some Sequence<Int>) -> [DirectoryObject] { numbers.map { .user(name($0)) } }

private func name(_ number: Int) -> String { number < 10 ? "u0\(number)" : "u\(number)" }
