import Foundation
import HTTPTypes
import Messages
import Runtime
import Testing

@testable import Writer

/// What a run writes anew as it was has a row of its own, and is no change to anybody who reads what was changed.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RewrittenTests {
    private let ann = person("ann", name: "Ann")
    private let bob = person("bob", name: "Bob")
    private let rob = person("bob", name: "Rob")

    private struct HistoryPage: Decodable {
        struct Item: Decodable {
            let epoch: Int64?
            let change: String
        }

        let items: [Item]
        let nextCursor: String?
    }

    /// The entries of a history, page by page: `3 updated`.
    private func entries(_ path: String, limit: Int, of story: Story) async throws -> [String] {
        var (entries, cursor): ([String], String?) = ([], nil)
        repeat {
            let next = cursor.map { "&cursor=\($0)" } ?? ""
            let answer = try await story.world.answer("\(path)?limit=\(limit)\(next)", of: story.source)
            try #require(answer.status == .ok)
            let page = try JSONDecoder().decode(HistoryPage.self, from: answer.bytes)
            #expect(page.items.count == limit || page.nextCursor == nil)
            entries += page.items.map { "\($0.epoch ?? 0) \($0.change)" }
            cursor = page.nextCursor
        } while cursor != nil && entries.count < 100
        return entries
    }

    // MARK: - Lists

    @Test("whom a run wrote anew as they were is counted and has a row, and is not listed")
    func listed() async throws {
        try await Story.with { story in
            try await story.run([ann, bob])
            let finished = try await story.run([ann.ruledOtherwise, rob])
            #expect(finished?.counts.users == RunCounts.Objects(seen: 2, updated: 2))
            #expect(try await story.objects(2) == ["user bob updated"])
            #expect(try await story.rowsOfRuns() == 2)
        }
    }

    @Test("pages are full whoever was written anew in between", arguments: [1, 2, 3, 100])
    func pages(limit: Int) async throws {
        try await Story.with { story in
            try await story.run(people(0..<9))
            let changed = [2, 5, 8].map { person("u0\($0)", name: "New") }
            let rewritten = people([0, 1, 3, 4, 6, 7]).map(\.ruledOtherwise)
            try await story.run(changed + rewritten + people([9]))
            let items = try await story.items(2, limit: limit)
            let told = ["u02 updated", "u05 updated", "u08 updated", "u09 created"]
            #expect(items.map(\.text) == told.map { "user \($0)" })
        }
    }

    @Test("a file of what a run did leaves them out, too", arguments: ["jsonl", "csv"])
    func exported(format: String) async throws {
        try await Story.with { story in
            try await story.run([ann, bob])
            try await story.run([ann.ruledOtherwise, rob])
            let run = try await story.lastRun()
            let answer = try await story.world.answer("runs/\(run)/objects/export?format=\(format)", of: story.source)
            let text = String(decoding: answer.bytes, as: UTF8.self)
            #expect(text.contains("\"bob\""))
            #expect(!text.contains("\"ann\""))
        }
    }

    @Test("nothing is told of it in a person's history, on pages of any size", arguments: [1, 2, 100])
    func history(limit: Int) async throws {
        try await Story.with { story in
            let anna = person("ann", name: "Anna")
            for ann in [ann, ann.ruledOtherwise, anna, anna.ruledOtherwise] { try await story.run([ann]) }
            let path = "users/\(story.source.user("ann"))/history"
            #expect(try await entries(path, limit: limit, of: story) == ["3 updated", "1 created"])
        }
    }

    @Test("a department that is written anew as it was is neither listed nor told in its history")
    func departments() async throws {
        try await Story.with { story in
            for name in ["Two", nil, "Zwei"] {
                let run = story.next()
                try await story.play { log in
                    try log.append(run, departments: [department(1), department(2, name)], users: [ann])
                }
            }
            #expect(try await story.objects(2).isEmpty)
            #expect(try await story.objects(3) == ["department 2 updated"])
            let path = "idps/\(story.source.id)/departments/2/history"
            #expect(try await entries(path, limit: 1, of: story) == ["3 updated", "1 created"])
        }
    }

    @Test("where nothing was and nothing is, no change is told, in whatever way that is said")
    func nothing() async throws {
        try await Story.with { story in
            try await story.run([ann, bob])
            let badge = ["badge": "7"]
            let empty = person("ann", name: "Ann", title: "", attributes: badge.mapValues { _ in "" })
            try await story.run([empty, person("bob", name: "Bob", attributes: badge)])
            #expect(try await story.objects(2) == ["user bob updated"])
        }
    }

    @Test("whoever has other departments alone, or another place in one, is other than before")
    func places() async throws {
        try await Story.with { story in
            let moved = person("ann", name: "Ann", departments: [1, 2])
            var placed = moved.ruledOtherwise
            placed.memberships = [1, 2].map { UserRecord.Membership(department: $0, order: 5) }
            for ann in [ann, moved, placed] { try await story.run([ann], departments: [1, 2]) }
            #expect(try await story.objects(2) == ["user ann updated"])
            #expect(try await story.objects(3) == ["user ann updated"])
        }
    }

    @Test("whoever is withheld once more, and is as before, is not told of again")
    func withheld() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            let off = person("ann", name: "Ann", status: .disabled)
            for ann in [ann, off, off] { try await story.run([ann, bob, person("cid"), person("dot")]) }
            #expect(try await story.objects(2) == ["user ann held disabledInWeCom disabledInWeCom"])
            #expect(try await story.objects(3).isEmpty)
        }
    }

    // MARK: - Plans

    /// A directory that has Ann and Bob by a run with the department that plans show.
    private func withPlans(_ body: @Sendable (inout Story) async throws -> Void) async throws {
        try await Story.with { story in
            let run = story.next()
            try await story.play { try Shown(users: [ann, bob]).append(run, to: &$0) }
            try await body(&story)
        }
    }

    @Test("a plan has, and counts, those alone who would become other than they are")
    func planned() async throws {
        try await withPlans { story in
            let plan = try await story.plan(Shown(users: [ann.ruledOtherwise, rob]))
            #expect(try await story.told(plan, "plan/objects").map { $0["externalID"]?.word } == ["bob"])
            let figures = try await story.plan(of: plan)
            #expect(figures["objects"] == .integer(1))
            #expect(figures["users"] == .object(["updated": .integer(1)]))
        }
    }

    @Test("whoever would be written anew as they are is none of those whom a plan may have")
    func planSize() async throws {
        let limits = SafetyLimits(people: .none, departments: .none)
        try await Story.with(limits: limits, mostPlanned: 5) { story in
            let run = story.next()
            try await story.play { try Shown(users: people(0..<8)).append(run, to: &$0) }
            let shown = Shown(users: people(0..<4).map(\.ruledOtherwise), gone: users(4..<8))
            let plan = try await story.plan(shown)
            #expect(try await story.plan(of: plan)["state"] != .string("tooLarge"))
            #expect(try await story.plan(of: plan)["objects"] == .integer(4))
        }
    }

    @Test("a plan is carried out though somebody is written anew besides, and that is not told either")
    func carriedOut() async throws {
        try await withPlans { story in
            let plan = try await story.plan(Shown(users: [ann, rob]))
            let run = try await story.carryOut(plan, Shown(users: [ann.ruledOtherwise, rob]))
            #expect(try await story.end(of: run)?.outcome == .succeeded)
            try await story.expect(run, didWhat: plan)
        }
    }

    @Test("a plan is not carried out where whom it changes would only be written anew, as another run has changed them")
    func overtaken() async throws {
        try await withPlans { story in
            let plan = try await story.plan(Shown(users: [ann, rob]))
            let other = story.next()
            try await story.play { try Shown(users: [ann, rob]).append(other, to: &$0) }
            let run = try await story.carryOut(plan, Shown(users: [ann, rob.ruledOtherwise]))
            #expect(try await story.end(of: run)?.cause == .planDiffers)
            #expect(try await story.told(run, "plan/differences").map { $0["externalID"]?.word } == ["bob"])
        }
    }

    // MARK: - Undoing

    @Test("who was only written anew since is put back")
    func writtenSince() async throws {
        try await Story.with { story in
            for bob in [bob, rob, rob.ruledOtherwise] { try await story.run([ann, bob]) }
            let finished = try await story.decide(.undo, upTo: 2)
            #expect(finished?.outcome == .succeeded)
            #expect(try await story.world.users(of: story.source)["bob"]?.name == "Bob")
            #expect(try await story.objects(4) == ["user bob updated"])
        }
    }

    @Test("whose departments alone are others since stays as they are")
    func movedSince() async throws {
        try await Story.with { story in
            let moved = person("bob", name: "Rob", departments: [2])
            for bob in [bob, rob, moved] { try await story.run([ann, bob], departments: [1, 2]) }
            let finished = try await story.decide(.undo, upTo: 2)
            #expect(finished?.outcome == .partial)
            #expect(try await story.objects(4) == ["user bob skipped changedSince"])
        }
    }

    @Test("who is withheld since, and is as before, is put back")
    func withheldSince() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            let off = person("bob", name: "Rob", status: .disabled)
            for bob in [bob, rob, off, off] { try await story.run([ann, bob, person("cid"), person("dot")]) }
            _ = try await story.decide(.undo, upTo: 2)
            #expect(try await story.world.users(of: story.source)["bob"]?.name == "Bob")
            #expect(try await story.objects(5) == ["user bob updated"])
        }
    }

    @Test("whom the run itself only wrote anew is left alone, and nothing is missed of them")
    func rewrittenByIt() async throws {
        try await Story.with { story in
            try await story.run([ann, bob])
            try await story.run([ann.ruledOtherwise, rob])
            let finished = try await story.decide(.undo, upTo: 2)
            #expect(finished?.outcome == .succeeded)
            #expect(finished?.counts.users == RunCounts.Objects(seen: 1, updated: 1))
            #expect(try await story.objects(3) == ["user bob updated"])
        }
    }

    @Test("whom the run only wrote anew it has not changed, where they are named")
    func named() async throws {
        try await Story.with { story in
            try await story.run([ann, bob])
            try await story.run([ann.ruledOtherwise, rob])
            let finished = try await story.decide(.undo, upTo: 2, [.user("ann"), .user("bob")])
            #expect(finished?.reasons == ["Of those named, that run did not change 1."])
            #expect(try await story.objects(3) == ["user bob updated"])
        }
    }
}

extension UserRecord {
    /// The record by other rules, which say the same of the person.
    fileprivate var ruledOtherwise: UserRecord {
        var record = self
        record.contentHash = ContentDigest(of: contentHash, ContentDigest(of: "other rules"))
        return record
    }
}
