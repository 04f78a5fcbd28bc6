import Foundation
import Messages
import Postgres
import Testing

@testable import Writer

/// Whatever becomes of user ids, no human gets what another one had, and nobody is known twice (architecture.md §3.5).
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct IdentityHistoryTests {
    private static let histories: UInt64 = 20
    /// `HISTORY_SEED`, where a failure is to be seen again.
    private static let seed = ProcessInfo.processInfo.environment["HISTORY_SEED"].flatMap { UInt64($0) }

    @Test("in random histories an id is one human's, and readers know whom the directory has; rebuilt, it is the same")
    func random() async throws {
        let first = Self.seed ?? UInt64.random(in: 1...1_000_000_000)
        for seed in first..<first + Self.histories {
            try await Story.with(limits: SafetyLimits(people: .none)) { story in
                var history = IdentityHistory(seed: seed)
                for _ in 0..<8 { try await history.step(&story) }
                try await history.settle(&story)
                try await expectOneHuman(story, history)
                try await expectAllKnown(story, history)
                if !history.isSwept { try await expectRebuilt(story, history) }
            }
        }
    }

    /// An id has one human's name, whenever it is told.
    private func expectOneHuman(_ story: Story, _ history: IdentityHistory) async throws {
        var names: [UserID: Set<String>] = [:]
        for user in try await story.world.changes(of: story.source).flatMap(\.users) {
            if let name = user.displayName { names[user.id, default: []].insert(name) }
        }
        #expect(names.values.allSatisfy { $0.count == 1 }, "\(history): \(names.values.filter { $0.count > 1 })")
    }

    /// The directory has whom WeCom has, and whoever follows its changes knows the same.
    private func expectAllKnown(_ story: Story, _ history: IdentityHistory) async throws {
        let stored = try await story.world.users(of: story.source).filter { !$0.value.isRemoved }
        #expect(stored.compactMapValues(\.name) == history.seats, "\(history)")
        var known: [UserID: String] = [:]
        for user in try await story.world.changes(of: story.source).flatMap(\.users) {
            known[user.id] = user.isEnabled ? user.externalID : nil
        }
        #expect(known.values.sorted() == stored.keys.sorted(), "\(history)")
        #expect(Set(known.keys) == Set(stored.values.map(\.id)), "\(history)")
        #expect(try await story.world.letters().isEmpty, "\(history)")
    }

    private func expectRebuilt(_ story: Story, _ history: IdentityHistory) async throws {
        let tables = ["users", "memberships", "missing", "former_users", "losses"]
        func rows() async throws -> [String] {
            var rows: [String] = []
            for table in tables { rows += try await story.world.rowTexts(table) }
            return rows
        }
        let before = try await rows()
        try await story.world.empty()
        try await story.world.assignedIntake().read(story.log, by: 1)
        let (new, old) = (Set(try await rows()), Set(before))
        #expect(new == old, "\(history): \(new.symmetricDifference(old))")
    }
}

/// Humans who come, go and change user ids, as chance has them.
struct IdentityHistory: CustomStringConvertible {
    private(set) var description: String
    /// Who has which user id.
    private(set) var seats: [String: String] = [:]
    private(set) var isSwept = false
    private var random: RandomRecords
    private var humans = 0
    private var isSettling = false
    private let sweeps: Bool

    init(seed: UInt64) {
        random = RandomRecords(seed: seed)
        sweeps = seed % 2 == 0
        description = "seed \(seed)"
        for _ in 0..<5 { join() }
    }

    private var users: [UserRecord] { seats.keys.sorted().compactMap(record) }

    private func record(_ key: String) -> UserRecord? {
        seats[key].map { person(key, name: $0, email: "\($0)@x", mobile: $0) }
    }

    private mutating func free() -> String? {
        let free = (0..<9).map { "k\($0)" }.filter { seats[$0] == nil }
        return free.isEmpty ? nil : free[random.number(free.count)]
    }

    private mutating func taken() -> String? {
        seats.isEmpty ? nil : seats.keys.sorted()[random.number(seats.count)]
    }

    private mutating func join(_ key: String? = nil) {
        guard let key = key ?? free() else { return }
        humans += 1
        seats[key] = "H\(humans)"
    }

    mutating func step(_ story: inout Story) async throws {
        let told = change()
        description += told.isEmpty ? ", change" : ", \(told.map { "\($0.from) is \($0.to)" }.joined(separator: ", "))"
        if sweeps, random.number(3) == 0 {
            isSwept = true
            description += ", sweep"
            try await story.age(days: 5)
            try await story.world.sweep()
        }
        if !told.isEmpty, random.number(3) > 0 { try await hear(told, &story) }
        switch random.number(5) {
        case 0: try await decide(&story)
        case 1: break
        default: try await run(&story)
        }
    }

    /// Runs and decisions until nothing is left to be decided; WeCom answers each question.
    mutating func settle(_ story: inout Story) async throws {
        isSettling = true
        for _ in 1...3 {
            try await run(&story)
            try await decide(&story)
        }
        try await run(&story)
    }

    /// - Returns: What WeCom's events tell of it.
    private mutating func change() -> [RunTarget.Renaming] {
        var told: [RunTarget.Renaming] = []
        for _ in 0...random.number(3) {
            guard let key = taken() else {
                join()
                continue
            }
            switch random.number(6) {
            case 0: join()
            case 1: seats[key] = nil
            case 2: join(key)
            case 3:
                if let other = taken() { seats.swapAt(key, other) }
            default:
                guard let other = free() else { continue }
                seats[other] = seats.removeValue(forKey: key)
                told.append(RunTarget.Renaming(from: key, to: other))
            }
        }
        return told
    }

    // MARK: - Runs

    private mutating func run(_ story: inout Story) async throws {
        let (run, users) = (story.next(), users)
        description += ", run \(run.epoch)"
        try await story.play { log in
            try log.start(run)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: run)
            try log.append(UserBatch(page: 2, users: users), of: run)
        }
        if random.number(3) == 0 { try await story.handOver() }
        let said = manifest([1], users.map(\.externalID))
        try await story.play { try $0.append(RunMapped(manifest: said), of: run) }
        try await answer(run, &story)
    }

    private mutating func hear(_ told: [RunTarget.Renaming], _ story: inout Story) async throws {
        var run = story.next(.objects)
        description += ", run \(run.epoch) of what was told"
        let names = Set(told.flatMap { [$0.from, $0.to] }).sorted()
        run.target = RunTarget(users: names, toldRenamed: told)
        let shown = names.compactMap(record)
        var said = manifest([], shown.map(\.externalID), pages: 1)
        said.findings = names.map { Finding(.user($0), seats[$0] == nil ? .absent : .present) }
        let (started, finished) = (run, said)
        try await story.play { log in
            try log.start(started)
            try log.append(UserBatch(page: 1, users: shown), of: started)
            try log.append(RunMapped(manifest: finished), of: started)
        }
        try await answer(run, &story)
    }

    private mutating func decide(_ story: inout Story) async throws {
        var run = story.next(.apply)
        description += ", run \(run.epoch) decides"
        run.selection = HeldSelection(upTo: Epoch(rawValue: run.epoch - 1), reused: .anotherPerson)
        let decision = run
        try await story.play { try $0.decide(decision) }
        try await answer(run, &story)
    }

    private mutating func answer(_ run: RunLog.Run, _ story: inout Story) async throws {
        guard try await story.end(of: run) == nil else { return }
        let names = try await story.asked().last?.objects.map(\.externalID) ?? []
        let present = names.compactMap(record)
        let absent = names.filter { seats[$0] == nil }.map { DirectoryObject.user($0) }
        let isSilent = !isSettling && random.number(6) == 0
        description += ", asked for \(names)\(isSilent ? " in vain" : "")"
        try await story.play { log in
            try isSilent
                ? log.answer(run, unknown: names.map { .user($0) })
                : log.answer(run, absent: absent, present: present)
        }
        #expect(try await story.end(of: run) != nil, "\(self)")
    }
}

extension [String: String] {
    fileprivate mutating func swapAt(_ one: String, _ other: String) {
        (self[one], self[other]) = (self[other], self[one])
    }
}
