import Foundation
import HTTPTypes
import Messages
import Postgres
import Testing

@testable import Writer

/// What became of people and departments, and what they were, is told over HTTP.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct HistoryAPITests {
    /// Ann comes, changes her name and department, leaves, and is deleted; Bob stays.
    private func with(_ body: @Sendable (Story, [Timestamp]) async throws -> Void) async throws {
        let limits = SafetyLimits(people: .none, departments: .none, graceDays: 3)
        try await Story.with(limits: limits) { story in
            let today = (Date.now.timeIntervalSince1970 - 1_700_000_000) / 86_400
            let (bob, later) = (person("bob"), person("ann", name: "=Anna", title: "Boss", departments: [2]))
            var times: [Timestamp] = []
            for (day, users) in [[person("ann", name: "Ann"), bob], [later, bob], [bob]].enumerated() {
                var run = story.next(day: today - 20 + Double(day))
                run.sentAt = run.time
                times.append(run.time)
                let now = run
                try await story.play { log in
                    let units = [department(1, "All"), department(2, "Two \(day)")]
                    try log.append(now, departments: units, users: users, gone: day == 2 ? [.user("ann")] : [])
                }
            }
            try await story.world.sweep()
            try await body(story, times)
        }
    }

    private func json(_ story: Story, _ path: String) async throws -> [String: Any] {
        let answer = try await story.world.answer(path, of: story.source)
        try #require(answer.status == .ok, "\(String(decoding: answer.bytes, as: UTF8.self))")
        return try #require(try JSONSerialization.jsonObject(with: answer.bytes) as? [String: Any])
    }

    private func entries(_ story: Story, _ path: String) async throws -> [[String: Any]] {
        var (entries, cursor): ([[String: Any]], String?) = ([], nil)
        repeat {
            let page = try await json(story, "\(path)?limit=2\(cursor.map { "&cursor=\($0)" } ?? "")")
            entries += try #require(page["items"] as? [[String: Any]])
            cursor = page["nextCursor"] as? String
        } while cursor != nil && entries.count < 100
        return entries
    }

    @Test("a person's history is told page by page, newest first, with what changed, also once the row is gone")
    func history() async throws {
        try await with { story, times async throws in
            let ann = story.source.user("ann")
            let entries = try await entries(story, "users/\(ann)/history")
            #expect(entries.map { $0["change"] as? String } == ["deleted", "removed", "updated", "created"])
            #expect(entries.map { $0["epoch"] as? Int } == [nil, 3, 2, 1])
            #expect(entries[1]["reason"] as? String == "leftCompany")
            #expect(entries.dropFirst().map { $0["at"] as? String } == times.reversed().map(\.description))
            let (before, after) = (entries[2]["before"] as? [String: Any], entries[2]["after"] as? [String: Any])
            #expect(before?["displayName"] as? String == "Ann")
            #expect(after?["displayName"] as? String == "=Anna")
            #expect(before?["title"] is NSNull)
            #expect((after?["departments"] as? [[String: Any]])?.map { $0["id"] as? Int } == [2])
            #expect(Set(before?.keys.map(\.self) ?? []) == ["displayName", "title", "departments"])
            #expect((entries[0]["before"] as? [String: Any])?["displayName"] as? String == "=Anna")
        }
    }

    @Test("a department's history is told likewise")
    func units() async throws {
        try await with { story, _ async throws in
            let entries = try await entries(story, "idps/\(story.source.id)/departments/2/history")
            #expect(entries.map { $0["change"] as? String } == ["updated", "updated", "created"])
            #expect((entries[0]["before"] as? [String: Any])?["name"] as? String == "Two 1")
        }
    }

    @Test("a person is shown as they were at a time, with the departments there were")
    func past() async throws {
        try await with { story, times async throws in
            let ann = story.source.user("ann")
            let first = try await json(story, "users/\(ann)?at=\(times[0])")
            #expect(first["displayName"] as? String == "Ann")
            #expect(first["state"] as? String == "active")
            let second = try await json(story, "users/\(ann)?at=\(times[1])")
            #expect(second["title"] as? String == "Boss")
            #expect((second["departments"] as? [[String: Any]])?.map { $0["id"] as? Int } == [2])
            let third = try await json(story, "users/\(ann)?at=\(times[2])")
            #expect(third["state"] as? String == "removed")
            #expect(third["removedAt"] as? String == times[2].description)
            let now = try await story.world.answer("users/\(ann)?at=\(Timestamp.now)", of: story.source)
            #expect(now.status == .notFound)
        }
    }

    @Test("of a time before the history it is said since when there is one")
    func forgotten() async throws {
        try await with { story, times async throws in
            let answer = try await story.world.answer(
                "users/\(story.source.user("bob"))?at=2001-01-01T00:00:00Z",
                of: story.source
            )
            #expect(answer.status == .gone)
            let problem = try JSONSerialization.jsonObject(with: answer.bytes) as? [String: Any]
            #expect(problem?["since"] as? String == times[0].description)
        }
    }

    @Test("who is asked for as a person of one identity provider is found in that one alone")
    func ofOneProvider() async throws {
        try await with { story, times async throws in
            let (ann, bob) = (story.source.user("ann"), story.source.user("bob"))
            for (path, mark) in [
                ("users/\(ann)/history", "?"), ("users/\(ann)?at=\(times[0])", "&"), ("users/\(bob)", "?"),
            ] {
                for (idp, status) in [(story.source.id, HTTPResponse.Status.ok), (Source().id, .notFound)] {
                    let answer = try await story.world.answer("\(path)\(mark)idp=\(idp)", of: story.source)
                    #expect(answer.status == status, "\(path) \(idp)")
                }
            }
        }
    }

    @Test("nothing of it is shown to another tenant's key, nor what is asked for amiss")
    func refuses() async throws {
        try await with { story, times async throws in
            let ann = story.source.user("ann")
            for path in [
                "users/\(ann)/history", "users/\(ann)?at=\(times[0])", "idps/\(story.source.id)/departments/2/history",
            ] {
                let answer = try await story.world.answer(path, of: story.source, key: WriterWorld.readers.other)
                #expect(answer.status == .notFound, "\(path)")
            }
            for path in [
                "users/\(ann)?at=yesterday", "users/\(ann)/history?cursor=1", "users/\(ann)/history?limit=0",
                "users/\(ann)?idp=x", "users/\(ann)/history?idp=x",
            ] {
                #expect(try await story.world.answer(path, of: story.source).status == .badRequest, "\(path)")
            }
            #expect(
                try await story.world.answer("users/\(UserID(UUIDv7.make()))/history", of: story.source).status
                    == .notFound
            )
        }
    }

    @Test("what a run did is exported as lines of JSON, or as cells in UTF-8 of which none is computed")
    func export() async throws {
        try await with { story, _ async throws in
            let rows = try await story.world.strings("select run_id::text from directory.runs where epoch = 2")
            let path = "runs/\(rows[0])/objects"
            let lines = try await story.world.answer("\(path)/export", of: story.source)
            let objects = try String(decoding: lines.bytes, as: UTF8.self).split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(objects.map { $0["externalID"] as? String } == ["2", "ann"])
            let items = try await json(story, path)["items"] as? [[String: Any]]
            #expect(NSArray(array: objects) == NSArray(array: items ?? []))
            let csv = try await story.world.answer("\(path)/export?format=csv&kind=user", of: story.source)
            let text = String(decoding: csv.bytes, as: UTF8.self)
            let columns = #""kind","externalID","name","userID","change","reason","hold","before","after""#
            #expect(text.hasPrefix("\u{FEFF}\(columns)\r\n"))
            #expect(text.split(separator: "\r\n").count == 2)
            #expect(try await story.world.answer("\(path)/export?format=xls", of: story.source).status == .badRequest)
            #expect(
                try await story.world.answer("runs/\(RunID.make())/objects/export", of: story.source).status
                    == .notFound
            )
        }
    }
}
