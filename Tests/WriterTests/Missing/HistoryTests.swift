import Foundation
import Messages
import Postgres
import Testing

@testable import Writer

/// Whatever happens to people, to WeCom's answers and to the writer: nobody who is there is removed, and everybody who
/// left is removed in the end, or held (architecture.md §3.5, §3.6).
@Suite(.timeLimit(.minutes(60)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct HistoryTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// `HISTORIES` says how many; `./compose/local histories` sets it.
    private static let histories = environment["HISTORIES"].flatMap { UInt64($0) } ?? 100
    /// `HISTORY_SEED`, where a failure is to be seen again.
    private static let seed = environment["HISTORY_SEED"].flatMap { UInt64($0) }

    @Test("random histories remove nobody whom WeCom has, and in the end everybody who left or say why not")
    func random() async throws {
        try await WriterWorld.with { world in
            var partition = try await Partition(world: world)
            let first = Self.seed ?? UInt64.random(in: 1...1_000_000_000)
            for seed in first..<first + Self.histories {
                var history = History(seed: seed)
                try await history.play(on: &partition)
                let story = history.story.joined(separator: ", ")
                try #require(history.fault == nil, "seed \(seed): \(story)")
                try await world.database.run("delete from directory.outbox")
            }
        }
    }

    /// The partition that all histories are on, and the writer that has it.
    struct Partition {
        let world: WriterWorld
        private var log = RunLog()
        private var intake: DirectoryIntake
        private var offset: Int64 = 0

        init(world: WriterWorld) async throws {
            self.world = world
            intake = try await world.assignedIntake()
        }

        /// Has the writer read what is appended, or another one from where the first stops after so many records.
        mutating func read(stoppingAfter count: Int64?, _ append: (inout RunLog) throws -> Void) async throws {
            try append(&log)
            if let count, offset + count < log.end {
                try await intake.read(log, from: offset, upTo: offset + count, by: 2)
                intake = world.intake()
                try await intake.readAnew(log)
            } else {
                try await intake.read(log, from: offset)
            }
            offset = log.end
        }
    }
}

/// A corp's people and the runs of its directory, as chance has them.
struct History {
    private static let departments: [Int64] = [1, 2, 3]

    /// What happened.
    private(set) var story: [String] = []
    /// What should not have.
    private(set) var fault: String?

    private var random: RandomRecords
    private let source: Source
    private var epoch: Int64 = 0
    private var day = 0.0
    /// Everybody of the corp.
    private var people: [String: UserRecord] = [:]
    /// Those of them whom the app may not see.
    private var hidden: Set<String> = []
    /// Of whom WeCom lied by a word that counts.
    private var slandered: Set<String> = []
    private var removed: Set<String> = []

    init(seed: UInt64) {
        random = RandomRecords(seed: seed)
        let limits = [SafetyLimits(), SafetyLimits(people: .none), SafetyLimits(people: .nobody)]
        var chosen = limits[random.number(limits.count)]
        if random.number(4) == 0 { chosen.policies.leftVisibleRange = .keep }
        if random.number(4) == 0 { chosen.protectedUsers = ["p11"] }
        source = Source(limits: chosen)
        for _ in 0..<6 + random.number(10) { join() }
    }

    mutating func play(on partition: inout HistoryTests.Partition) async throws {
        for _ in 0..<4 + random.number(4) {
            for _ in 0..<random.number(4) { change() }
            if random.number(6) == 0 { try await approve(on: &partition) } else { try await run(on: &partition) }
            guard fault == nil else { return }
        }
        for _ in 1...2 { try await run(on: &partition, isHonest: true) }
        try await look(at: partition)
    }

    // MARK: - The corp

    private var visible: [String: UserRecord] { people.filter { !hidden.contains($0.key) } }
    private var range: ContentDigest { ContentDigest(of: hidden.sorted().joined(separator: " ")) }

    private mutating func someone() -> String? {
        people.isEmpty ? nil : people.keys.sorted()[random.number(people.count)]
    }

    private mutating func join() {
        let name = "p\(10 + random.number(30))"
        people[name] = record(name)
    }

    private mutating func record(_ name: String, status: UserRecord.Status = .active) -> UserRecord {
        let some = Self.departments.filter { _ in random.number(3) == 0 }
        return person(name, name: "\(random.number(3))", status: status, departments: some.isEmpty ? [1] : some)
    }

    private mutating func change() {
        guard let name = someone() else { return join() }
        switch random.number(8) {
        case 0: join()
        case 1, 2, 3:
            people[name] = nil
            hidden.remove(name)
            story.append("\(name) leaves")
        case 4: people[name] = record(name, status: .disabled)
        case 5:
            if hidden.remove(name) == nil { hidden.insert(name) }
            story.append("\(name) is hidden or shown")
        default:
            people[name] = record(name)
            story.append("\(name) moves to \(people[name]?.memberships?.map(\.department) ?? [])")
        }
    }

    // MARK: - Runs

    private mutating func next(_ kind: RunSync.Kind = .full) -> RunLog.Run {
        epoch += 1
        day += Double(1 + random.number(30)) / 10
        return RunLog.Run(source: source, epoch: epoch, kind: kind, day: day)
    }

    private mutating func stop(after most: Int) -> Int64? {
        random.number(3) == 0 ? Int64(random.number(most)) : nil
    }

    private mutating func run(on partition: inout HistoryTests.Partition, isHonest: Bool = false) async throws {
        let run = next()
        let reading = reading(isHonest: isHonest)
        story.append("run \(epoch)\(reading.what)")
        try await partition.read(stoppingAfter: stop(after: 7)) { log in
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: reading.departments.map { department($0) }), of: run)
            for (index, page) in reading.pages.enumerated() { try log.append(page.batch(index + 2), of: run) }
            if reading.isAborted {
                try log.append(RunAborted(outcome: .failed, reason: "no"), of: run)
            } else {
                try log.append(RunMapped(manifest: reading.manifest), of: run)
            }
        }
        try await check(partition, asked: [])
        if !isHonest, !reading.isAborted { for _ in 0..<random.number(2) { change() } }
        try await answer(run, on: &partition, range: reading.manifest.visibleRangeHash, isHonest: isHonest)
    }

    private struct Reading {
        var departments = History.departments
        var pages: [Page] = []
        var manifest = WriterTests.manifest()
        var isAborted = false
        var what = ""
    }

    /// What lists say, which may not be all, or not true.
    private mutating func reading(isHonest: Bool) -> Reading {
        var reading = Reading()
        let shape = isHonest ? 9 : random.number(10)
        var unread: [Int64] = []
        if shape == 0 {
            unread = [Int64(1 + random.number(3))]
            reading.what = " without department \(unread[0])"
        }
        if shape == 1 {
            reading.departments = [1, 2]
            reading.what = " with a list without department 3"
        }
        for department in reading.departments where !unread.contains(department) {
            var shown = visible.values.filter { $0.memberships?.contains { $0.department == department } ?? false }
                .sorted { $0.externalID < $1.externalID }
            if shape == 2 || shape == 3 || shape == 4 { shown = shown.filter { _ in random.number(4) > 0 } }
            if shape == 5 { shown = [] }
            reading.pages.append(Page(department: department, people: shown))
        }
        if (2...5).contains(shape) { reading.what = " with short lists" }
        let users = Set(reading.pages.flatMap(\.people).map(\.externalID)).sorted()
        reading.manifest = manifest(reading.departments, users, pages: 1 + reading.pages.count)
        reading.manifest.visibleRangeHash = range
        reading.manifest.unreadDepartments = unread
        reading.manifest.isComplete = unread.isEmpty
        if shape == 6 {
            reading.manifest.distinctUsers += 1
            reading.what = " of which somebody is lost"
        }
        if shape == 7 {
            reading.isAborted = true
            reading.what = " that is aborted"
        }
        return reading
    }

    private mutating func approve(on partition: inout HistoryTests.Partition) async throws {
        var run = next(random.number(3) == 0 ? .reject : .apply)
        run.selection = HeldSelection(upTo: Epoch(rawValue: epoch - 1))
        story.append("run \(epoch) to \(run.kind)")
        let (decision, range) = (run, range)
        try await partition.read(stoppingAfter: stop(after: 2)) { try $0.decide(decision, range: range) }
        try await answer(run, on: &partition, range: range, isHonest: false)
    }

    /// What WeCom says of those who are asked for, which may not be true, or nothing.
    private mutating func answer(
        _ run: RunLog.Run,
        on partition: inout HistoryTests.Partition,
        range before: ContentDigest,
        isHonest: Bool
    ) async throws {
        let asked = try await partition.world.missing(of: source).values.filter { $0.state == .asked }
        guard !asked.isEmpty, let question = try await partition.world.asked(source).last else { return }
        let shape = isHonest ? 9 : random.number(10)
        let objects = asked.map(\.object).sorted()
        let names = objects.filter { $0.kind == .user }.map(\.externalID)
        var present = names.compactMap { visible[$0] }
        var absent = names.filter { visible[$0] == nil }.map { DirectoryObject.user($0) }
        let departments = objects.compactMap(\.departmentID).map { department($0) }
        // Departments never go; people of whom one is a witness may.
        var witnesses = question.witnesses.filter { $0.kind == .user }
            .map { visible[$0.externalID] == nil ? Finding.Answer.absent : .present }
        if shape == 0 { return story.append("nobody answers") }
        if shape == 1 {
            (present, absent) = ([], names.map { .user($0) })
            witnesses = witnesses.map { _ in .absent }
            story.append("all are said to be absent")
        }
        if shape == 2, let victim = present.popLast() {
            absent.append(.user(victim.externalID))
            if witnesses.allSatisfy({ $0 == .present }) { slandered.insert(victim.externalID) }
            story.append("\(victim.externalID) is said to be absent")
        }
        let unknown = shape == 3 ? absent : []
        if shape == 3 { absent = [] }
        let (half, range) = (absent.count / 2, range)
        story.append("asked for \(objects.map(\.externalID)), \(absent.map(\.externalID)) absent")
        let parts = (first: absent.prefix(half), last: absent.dropFirst(half), present: present, witnesses: witnesses)
        try await partition.read(stoppingAfter: stop(after: 3)) { log in
            try log.answer(
                run,
                absent: Array(parts.last),
                unknown: unknown,
                witnesses: parts.witnesses,
                range: range,
                batch: 2,
                of: 2
            )
            for _ in 1...2 {
                try log.answer(
                    run,
                    absent: Array(parts.first),
                    present: parts.present,
                    presentDepartments: departments,
                    witnesses: parts.witnesses,
                    range: range,
                    batch: 1,
                    of: 2
                )
            }
        }
        try await check(partition, asked: Set(names))
    }

    // MARK: - What has to hold

    /// Whoever was removed by now was asked for, and WeCom does not have them, or lied about them.
    private mutating func check(_ partition: HistoryTests.Partition, asked: Set<String>) async throws {
        let now = Set(try await partition.world.users(of: source).filter(\.value.isRemoved).keys)
        for name in now.subtracting(removed).sorted() {
            if visible[name] != nil, !slandered.contains(name) { fault = "\(name) is removed, and is there" }
            if !asked.contains(name) { fault = "\(name) is removed, and was not asked for" }
            if name == "p11", !source.terms.safetyLimits.protectedUsers.isEmpty { fault = "the protected are removed" }
        }
        removed = now
    }

    /// After honest runs whoever is there has access or a reason to wait, and who left is removed, held or kept.
    private mutating func look(at partition: HistoryTests.Partition) async throws {
        let users = try await partition.world.users(of: source)
        let missing = try await partition.world.missing(of: source)
        for name in visible.keys.sorted() where users[name]?.isRemoved ?? true {
            fault = "\(name) is there, and not in the directory"
        }
        // Without anybody whom lists show, nobody can be a witness.
        guard visible.values.contains(where: { $0.status == .active }) else { return }
        for name in users.filter({ !$0.value.isRemoved && visible[$0.key] == nil }).keys.sorted() {
            let state = missing[name]?.state
            if state != .held && state != .kept || missing[name]?.hold == nil {
                fault = "\(name) left, and is neither removed nor held"
            }
        }
        for (name, record) in visible where record.status == .disabled && users[name]?.status == 1 {
            let isProtected = source.terms.safetyLimits.protectedUsers.contains(name)
            if missing[name] == nil, !isProtected { fault = "\(name) is disabled, and is neither that nor held" }
        }
        if try await partition.world.departments(of: source) != Self.departments { fault = "departments are removed" }
        let runs = try await partition.world.finished(source)
        for run in runs where !(run.counts.users.addsUp && run.counts.departments.addsUp) && run.outcome != .failed {
            fault = "counts do not add up: \(run.counts)"
        }
        let last = runs.last
        if last?.outcome != .succeeded && last?.outcome != .held { fault = "\(String(describing: last))" }
    }
}
