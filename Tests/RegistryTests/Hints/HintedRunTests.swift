import BackgroundWork
import Foundation
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing
import WeCom

@testable import Registry

/// What WeCom tells of changes leads to runs, soon and not one for each.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct HintedRunTests {
    private static let corp = "ww1e933be11645237c"

    /// A registry that waits for nothing more once something was told, unless told otherwise.
    private func withHints(
        _ settings: HintSettings = HintSettings(quiet: .zero),
        _ test: @escaping @Sendable (TestRegistry) async throws -> Void
    ) async throws {
        try await withRegistry(
            {
                Provider.configure(&$0)
                $0.hints = settings
            },
            test
        )
    }

    /// So long that nothing becomes due by itself while a test goes on.
    private static let slow = HintSettings(
        quiet: .seconds(2_000),
        patience: .seconds(5_000),
        stormPatience: .seconds(60_000)
    )

    /// How an event can come.
    enum Form: CaseIterable, Sendable { case data, dataInJSON, suite, suiteInJSON }

    @Test("a change that WeCom tells of is read by a run, in whichever form it comes", arguments: Form.allCases)
    func forms(form: Form) async throws {
        try await withHints { registry in
            let id = try await registry.makeConnectedProvider()
            #expect(try await registry.tell(.user("update_user", "zhang.san"), form).text == "success")
            try await registry.useHints()
            let command = try await registry.lastCommand()
            #expect(command.kind == .objects)
            #expect(command.cause == .event)
            #expect(command.target == RunTarget(users: ["zhang.san"]))
            #expect(try await registry.send(.get, "idps/\(id)/runs")["items"][0]["cause"] == "event")
            #expect(try await registry.count("hints") == 0)
        }
    }

    @Test("changes of a moment are read by one run, each object once")
    func gathered() async throws {
        try await withHints { registry in
            _ = try await registry.makeConnectedProvider()
            for time in 1...3 { try await registry.tell(.user("update_user", "zhangsan", time: time)) }
            try await registry.tell(.user("delete_user", "lisi"))
            try await registry.tell(.user("update_user", "old", also: "<NewUserID>new</NewUserID>"))
            try await registry.tell(.department("update_party", 7))
            try await registry.useHints()
            let target = RunTarget(
                users: ["lisi", "new", "old", "zhangsan"],
                departments: [7],
                toldDeleted: ["lisi"],
                toldRenamed: [RunTarget.Renaming(from: "old", to: "new")]
            )
            #expect(try await registry.lastCommand().target == target)
            #expect(try await registry.published(TopicCatalogue.commands).count == 1)
        }
    }

    @Test("that somebody is gone is not forgotten when more is told of the person")
    func toldDeleted() async throws {
        try await withHints { registry in
            _ = try await registry.makeConnectedProvider()
            try await registry.tell(.user("delete_user", "lisi"))
            try await registry.tell(.user("update_user", "lisi"))
            try await registry.useHints()
            #expect(try await registry.lastCommand().target?.toldDeleted == ["lisi"])
        }
    }

    @Test("the same event once more, under another signature, leads to nothing more")
    func repeated() async throws {
        try await withHints { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.tell(.user("update_user", "zhangsan"))
            try await registry.useHints()
            try await registry.finish(try await registry.send(.get, "idps/\(id)/runs")["items"][0])
            #expect(try await registry.tell(.user("update_user", "zhangsan")).text == "success")
            try await registry.useHints()
            #expect(try await registry.count("runs") == 1)
            try await registry.tell(.user("update_user", "zhangsan", time: 2))
            try await registry.useHints()
            #expect(try await registry.count("runs") == 2)
        }
    }

    @Test("a run waits until nothing more is told for a while, and no longer than its patience from the first change")
    func patience() async throws {
        try await withHints(Self.slow) { registry in
            _ = try await registry.makeConnectedProvider()
            try await registry.tell(.user("update_user", "a"))
            try await registry.ageHints(by: 1_000)
            try await registry.useHints()
            #expect(try await registry.count("runs") == 0)
            try await registry.ageHints(by: 3_000)
            try await registry.tell(.user("update_user", "b"))
            try await registry.useHints()
            #expect(try await registry.count("runs") == 0)
            try await registry.ageHints(by: 1_000)
            try await registry.tell(.user("update_user", "c"))
            try await registry.useHints()
            #expect(try await registry.lastCommand().target?.users == ["a", "b", "c"])
        }
    }

    @Test("what is told while a run is active, or another waits, is kept for the next one")
    func busy() async throws {
        try await withHints { registry in
            let id = try await registry.makeConnectedProvider()
            let person: JSON = ["kind": "user", "user": "lisi"]
            let active = try await registry.send(.post, "idps/\(id)/runs", person).json
            let waiting = try await registry.startRun(id)
            try await registry.tell(.user("update_user", "zhangsan"))
            try await registry.useHints()
            try await registry.finish(active)
            try await registry.useHints()
            #expect(try await registry.count("hints") == 1)
            try await registry.finish(waiting, .partial)
            try await registry.useHints()
            #expect(try await registry.lastCommand().target?.users == ["zhangsan"])
            #expect(try await registry.count("runs") == 3)
        }
    }

    @Test("a full run that began later and read has seen to what was told before it", arguments: RunOutcome.allCases)
    func passed(outcome: RunOutcome) async throws {
        try await withHints { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.tell(.user("update_user", "zhangsan"))
            try await registry.ageHints(by: 600)
            let run = try await registry.startRun(id)
            let begun = StageProgress(stage: .fetcher, pages: 0)
            try await registry.deliver([try await registry.record(begun, of: run)])
            try await registry.finish(run, outcome)
            try await registry.useHints()
            let isSeenTo = outcome == .succeeded || outcome == .held
            #expect(try await registry.count("runs") == (isSeenTo ? 1 : 2))
            #expect(try await registry.count("hints") == 0)
        }
    }

    @Test("a tag's change has everything read")
    func tags() async throws {
        try await withHints { registry in
            _ = try await registry.makeConnectedProvider()
            try await registry.tell(.contact("update_tag", "<TagId>3</TagId>"))
            try await registry.tell(.user("update_user", "zhangsan"))
            try await registry.useHints()
            #expect(try await registry.lastCommand().kind == .full)
            #expect(try await registry.count("hints") == 0)
        }
    }

    @Test("a new user id is read by itself before everything is, as no full run shows who somebody was")
    func renamedInAStorm() async throws {
        try await withHints { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.tell(.user("update_user", "old", also: "<NewUserID>new</NewUserID>"))
            try await registry.tell(.contact("update_tag", "<TagId>3</TagId>"))
            try await registry.useHints()
            let told = RunTarget(users: ["old", "new"], toldRenamed: [RunTarget.Renaming(from: "old", to: "new")])
            #expect(try await registry.lastCommand().target == told)
            try await registry.finish(try await registry.send(.get, "idps/\(id)/runs")["items"][0])
            try await registry.useHints()
            #expect(try await registry.lastCommand().kind == .full)
            #expect(try await registry.count("hints") == 0)
        }
    }

    @Test("a new user id is read although a full run began after it was told")
    func renamedBeforeAFullRun() async throws {
        try await withHints { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.tell(.user("update_user", "old", also: "<NewUserID>new</NewUserID>"))
            try await registry.ageHints(by: 600)
            let run = try await registry.startRun(id)
            try await registry.deliver([
                try await registry.record(StageProgress(stage: .fetcher, pages: 0), of: run)
            ])
            try await registry.finish(run)
            try await registry.useHints()
            #expect(try await registry.lastCommand().target?.toldRenamed.map(\.to) == ["new"])
        }
    }

    @Test("a storm of changes is kept as one hint and read by one full run, and the next one rests a while")
    func storm() async throws {
        try await withHints(Self.slow) { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.storm(of: id)
            try await registry.useHints()
            #expect(try await registry.count("hints") == 1)
            #expect(try await registry.count("runs") == 0)
            try await registry.ageHints(by: 3_000)
            try await registry.useHints()
            let run = try await registry.send(.get, "idps/\(id)/runs")["items"][0]
            #expect(run["kind"] == "full")
            try await registry.finish(run, .partial)
            try await registry.storm(of: id)
            try await registry.useHints()
            try await registry.ageHints(by: 61_000)
            try await registry.useHints()
            #expect(try await registry.count("runs") == 1)
            #expect(try await registry.count("hints") == 1)
            try await registry.database.run("update registry.runs set requested_at = now() - interval '11 minutes'")
            try await registry.useHints()
            #expect(try await registry.count("runs") == 2)
        }
    }

    @Test("every identity provider of the enterprise reads it, and no other")
    func owners() async throws {
        try await withHints { registry in
            let ids = [
                try await registry.makeConnectedProvider(), try await registry.makeConnectedProvider(),
                try await registry.makeConnectedProvider(corpID: "ww2e933be11645237c"),
            ]
            try await registry.tell(.user("update_user", "zhangsan"))
            try await registry.useHints()
            var counts: [Int] = []
            for id in ids { counts.append(try await registry.send(.get, "idps/\(id)/runs")["items"].array.count) }
            #expect(counts == [1, 1, 0])
        }
    }

    @Test("what is told of a closed identity provider waits until it is enabled, and is forgotten after a week")
    func closed() async throws {
        try await withHints { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.patch(id, ["status": "closed", "confirmClosing": true])
            try await registry.tell(.user("update_user", "zhangsan"))
            try await registry.useHints()
            #expect(try await registry.count("runs") == 0)
            try await registry.patch(id, ["status": "enabled"])
            let reopened = try await registry.send(.get, "idps/\(id)/runs")["items"][0]
            try await registry.useHints()
            #expect(try await registry.count("hints") == 1)
            try await registry.finish(reopened, .partial)
            try await registry.useHints()
            #expect(try await registry.lastCommand().target?.users == ["zhangsan"])
            #expect(try await registry.count("runs") == 2)
            try await registry.tell(.user("update_user", "lisi"))
            try await registry.ageHints(by: 8 * 86_400)
            try await registry.tidy()
            #expect(try await registry.count("hints") == 0)
        }
    }

    @Test("changes of people lead to nothing where people are not synchronised")
    func structureOnly() async throws {
        try await withHints { registry in
            _ = try await registry.makeConnectedProvider(["synchronizeUserInformation": false])
            try await registry.tell(.user("update_user", "zhangsan"))
            try await registry.useHints()
            #expect(try await registry.count("runs") == 0)
            #expect(try await registry.count("hints") == 0)
            try await registry.tell(.department("create_party", 7))
            try await registry.useHints()
            #expect(try await registry.lastCommand().kind == .departments)
        }
    }

    @Test("an event of an enterprise that nobody is connected to is acknowledged, and kept by nobody")
    func unconnected() async throws {
        try await withHints { registry in
            _ = try await registry.makeConnectedProvider(corpID: "ww2e933be11645237c")
            #expect(try await registry.tell(.user("update_user", "zhangsan"), .suite).text == "success")
            #expect(try await registry.count("hints") == 0)
        }
    }

    @Test("an event of another enterprise than the callback's, or with a forged signature, is refused")
    func refused() async throws {
        try await withHints { registry in
            _ = try await registry.makeConnectedProvider()
            _ = try await registry.makeConnectedProvider(corpID: "ww2e933be11645237c")
            let event = ToldChange.user("delete_user", "zhangsan")
            var push = try Push(event.xml(of: "ww2e933be11645237c"), receiver: Self.corp, path: ToldChange.path)
            #expect(try await registry.push(push).problem == "callback-wrong-receiver")
            push = try Push(event.xml(of: Self.corp), receiver: Self.corp, path: ToldChange.path)
            push.signature = String(repeating: "0", count: 40)
            #expect(try await registry.push(push).problem == "callback-forged")
            #expect(try await registry.count("hints") == 0)
        }
    }

    @Test("nothing of an event is stored but that it came, and the ids that are to be read")
    func minimal() async throws {
        try await withHints { registry in
            _ = try await registry.makeConnectedProvider()
            try await registry.tell(.user("create_user", "zhangsan", also: "<Name>张三</Name><Mobile>138</Mobile>"))
            let stored = try await registry.database.run(
                """
                select to_jsonb(kept)::text from registry.callbacks as kept where sealed is null and done_at is not null
                union all select to_jsonb(hint)::text from registry.hints as hint
                """
            ).decode(String.self)
            #expect(stored.count == 2)
            #expect(stored.allSatisfy { !$0.contains("张三") && !$0.contains("138\"") })
        }
    }

    @Test("two registries that look at once start one run")
    func two() async throws {
        try await withHints { registry in
            _ = try await registry.makeConnectedProvider()
            let other = try registry.another()
            for number in 1...5 {
                try await registry.tell(.user("update_user", "u\(number)"))
                async let one = registry.components.hintedRuns.runOnce()
                async let two = other.hintedRuns.runOnce()
                _ = try await (one, two)
            }
            #expect(try await registry.count("runs") == 1)
        }
    }
}

/// A change as WeCom tells of it.
private struct ToldChange: Sendable {
    static let path = "/wecom/callback/data/ww1e933be11645237c"

    var type: String
    /// By WeCom's names.
    var fields: String
    var time: Int

    static func contact(_ type: String, _ fields: String, time: Int = 1) -> ToldChange {
        ToldChange(type: type, fields: fields, time: time)
    }

    static func user(_ type: String, _ id: String, also fields: String = "", time: Int = 1) -> ToldChange {
        contact(type, "<UserID>\(id)</UserID>\(fields)", time: time)
    }

    static func department(_ type: String, _ id: Int) -> ToldChange { contact(type, "<Id>\(id)</Id>") }

    func xml(of corp: String) -> String {
        """
        <xml><ToUserName>\(corp)</ToUserName><FromUserName>sys</FromUserName><CreateTime>\(time)</CreateTime>\
        <MsgType>event</MsgType><Event>change_contact</Event><ChangeType>\(type)</ChangeType>\(fields)</xml>
        """
    }

    func suiteXML(of corp: String) -> String {
        let corp = "<AuthCorpId>\(corp)</AuthCorpId><ChangeType>\(type)</ChangeType>"
        return Provider.event("change_contact", corp + fields, at: time)
    }
}

/// The XML of a message as JSON with the same names.
private func json(_ xml: String) throws -> String {
    let fields = xml.matches(of: /<(\w+)> ?(?:<!\[CDATA\[)?([^<\]]*)(?:\]\]>)?<\/\w+>/)
    return try JSON.object(
        Dictionary(fields.map { (String($0.1), Int64($0.2).map { .integer($0) } ?? .string(String($0.2))) }) { $1 }
    ).text
}

extension TestRegistry {
    /// Has WeCom tell of a change.
    @discardableResult
    fileprivate func tell(_ change: ToldChange, _ form: HintedRunTests.Form = .data) async throws -> Answer {
        let corp = "ww1e933be11645237c"
        let isSuite = form == .suite || form == .suiteInJSON
        let xml = isSuite ? change.suiteXML(of: corp) : change.xml(of: corp)
        let isJSON = form == .dataInJSON || form == .suiteInJSON
        var push = try Push(
            isJSON ? try json(xml) : xml,
            receiver: isSuite ? Provider.template : corp,
            path: isSuite ? "/wecom/callback/command" : ToldChange.path
        )
        if isJSON { push.body = try json(push.body).replacing("\"Encrypt\"", with: "\"encrypt\"") }
        return try await self.push(push)
    }

    /// Looks for hints that are due, as every registry does each second.
    fileprivate func useHints() async throws {
        let failures = try #require(try await components.hintedRuns.runOnce())
        #expect(failures.isEmpty, "\(failures)")
    }

    /// Lets time go by for what was told.
    fileprivate func ageHints(by seconds: Int) async throws {
        try await database.run(
            """
            update registry.hints set first_at = first_at - make_interval(secs => \(seconds)),
                last_at = last_at - make_interval(secs => \(seconds))
            """
        )
    }

    /// More changes of people than are read one by one.
    fileprivate func storm(of id: IdentityProviderID) async throws {
        try await database.run(
            """
            insert into registry.hints (idp, kind, object, first_at, last_at)
            select \(id), 'user', 'u' || number, now(), now() from generate_series(0, \(Hint.mostObjects)) as number
            """
        )
    }
}
