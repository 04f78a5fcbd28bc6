import Messages
import Testing
import WeCom

@testable import Registry

/// What a change hints at, and what reads it.
@Suite(.timeLimit(.minutes(5)))
struct HintTests {
    private func hints(_ fields: String) throws -> [Hint] {
        let xml = "<xml><ToUserName>ww1e933be11645237c</ToUserName><FromUserName>li.si</FromUserName>\(fields)</xml>"
        guard case .changeContact(let change) = try CallbackEvent(message: Array(xml.utf8)) else { return [] }
        return change.hints
    }

    private func change(_ type: String, _ fields: String) throws -> [Hint] {
        try hints("<Event>change_contact</Event><ChangeType>\(type)</ChangeType>\(fields)")
    }

    @Test("a change of a person hints at the person, and at the new id where that is what changed")
    func users() throws {
        #expect(try change("create_user", "<UserID>a</UserID><Name>x</Name>") == [.user("a")])
        #expect(try change("update_user", "<UserID>a</UserID>") == [.user("a")])
        #expect(
            try change("update_user", "<UserID>a</UserID><NewUserID>b</NewUserID>")
                == [.user("a", renamedTo: "b"), .user("b")]
        )
        #expect(try change("update_user", "<UserID>a</UserID><NewUserID>a</NewUserID>") == [.user("a")])
        #expect(try change("delete_user", "<UserID>a</UserID>") == [.user("a", isToldDeleted: true)])
    }

    @Test("a change of a department hints at it, one of a tag at everything, a move of the range at the person")
    func others() throws {
        for type in ["create_party", "update_party", "delete_party"] {
            #expect(try change(type, "<Id>7</Id><ParentId>1</ParentId>") == [.department(7)])
        }
        #expect(try change("update_tag", "<TagId>3</TagId><AddUserItems>a</AddUserItems>") == [.everything])
        #expect(try hints("<Event>subscribe</Event><AgentID>1</AgentID>") == [.user("li.si")])
        #expect(try hints("<Event>unsubscribe</Event><AgentID>1</AgentID>") == [.user("li.si")])
    }

    @Test("ids that WeCom cannot have hint at nothing")
    func impossible() throws {
        #expect(try change("update_user", "<UserID>a b</UserID>") == [])
        #expect(try change("update_user", "<UserID>\(String(repeating: "a", count: 65))</UserID>") == [])
        #expect(try change("update_user", "<UserID>a</UserID><NewUserID>\u{7}</NewUserID>") == [.user("a")])
        #expect(try change("create_party", "<Id>-7</Id>") == [])
        #expect(try change("create_party", "<Id>4294967296</Id>") == [])
    }

    @Test("hints are read by one run of objects")
    func objects() {
        let hints: [Hint] = [
            .user("a"), .department(7), .user("b", isToldDeleted: true), .user("c", renamedTo: "d"), .user("d"),
        ]
        let target = RunTarget(
            users: ["a", "b", "c", "d"],
            departments: [7],
            toldDeleted: ["b"],
            toldRenamed: [RunTarget.Renaming(from: "c", to: "d")]
        )
        #expect(RunWork(reading: hints, usual: .full) == .objects(target))
        // Where rules ask for paths, whoever is below a renamed department is concerned.
        var below = target
        below.includesBelow = true
        #expect(RunWork(reading: hints, usual: .full, asksForPaths: true) == .objects(below))
        #expect(RunWork(reading: [.user("a")], usual: .full, asksForPaths: true) == .objects(RunTarget(users: ["a"])))
        #expect(RunWork(reading: [], usual: .full) == nil)
    }

    @Test("as many objects as a run reads are read one by one; with one more, or a tag, everything is")
    func everything() {
        let most = (1...Hint.mostObjects).map { Hint.user("u\($0)") }
        #expect(RunWork(reading: most, usual: .full)?.kind == .objects)
        #expect(RunWork(reading: most + [.department(1)], usual: .full) == .full)
        #expect(RunWork(reading: [.user("a"), .everything], usual: .full) == .full)
    }

    @Test("where people are not synchronised, their changes are nothing, and the structure is read for the rest")
    func structureOnly() {
        #expect(RunWork(reading: [.user("a")], usual: .departments) == nil)
        #expect(RunWork(reading: [.user("a"), .department(7)], usual: .departments) == .departments)
        #expect(RunWork(reading: [.everything], usual: .departments) == .departments)
    }
}
