import Messages
import Testing

@testable import Writer

/// Whom a run holds is told of that run.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct RunHoldTests {
    let ann = person("Ann")
    let rest = [person("bob"), person("cid")]

    @Test("who is held is told of the run that held them, once it is over, and not of those that found it so")
    func held() async throws {
        try await Story.with { story in
            try await story.run(people(0..<40))
            let run = story.next()
            try await story.play { try $0.append(run, departments: [department(1)], users: people(0..<30)) }
            #expect(try await story.objects(2).isEmpty)
            try await story.play { try $0.answer(run, absent: users(30..<40)) }
            try await story.run(people(0..<30))
            let held = (30..<40).map { "user u\($0) held overLimit" }
            #expect(try await story.objects(2) == held)
            #expect(try await story.objects(3).isEmpty)
            _ = try await story.decide(.reject, users([30]))
            _ = try await story.decide(.apply, gone: users(31..<40))
            try await story.run(people(0..<30))
            #expect(try await story.objects(2) == held)
            #expect(try await story.objects(4) == ["user u30 held rejected"])
            #expect(try await story.objects(5) == (31..<40).map { "user u\($0) removed leftCompany" })
            #expect(try await story.objects(6).isEmpty)
        }
    }

    @Test("who is switched off in WeCom and keeps access is held, whatever else was new of them")
    func withheld() async throws {
        try await Story.with(limits: SafetyLimits(people: .nobody)) { story in
            try await story.run([ann] + rest)
            try await story.run([person("Ann", name: "Anna", status: .disabled)] + rest)
            #expect(try await story.objects(2) == ["user Ann held disabledInWeCom disabledInWeCom"])
            _ = try await story.decide(.apply) {
                try $0.answer($1, present: [person("Ann", name: "Anna", status: .disabled)])
            }
            #expect(try await story.objects(3) == ["user Ann disabled"])
        }
    }

    @Test("who stays by a policy is held, and told of the run that asked")
    func kept() async throws {
        let limits = SafetyLimits(policies: LossPolicies(leftCompany: .keep), protectedUsers: ["u04"])
        try await Story.with(limits: limits) { story in
            try await story.run(people(0..<6))
            try await story.run(people(0..<4), gone: users([5]))
            try await story.run(people(0..<4))
            #expect(try await story.objects(2) == ["user u04 held protected", "user u05 held leftCompany policy"])
            #expect(try await story.objects(3).isEmpty)
        }
    }

    @Test("a run that gave way is told to have held whom it held")
    func overtaken() async throws {
        try await Story.with(limits: SafetyLimits(protectedUsers: ["u05"])) { story in
            try await story.run(people(0..<6))
            #expect(try await story.run(people(0..<4)) == nil)
            try await story.run(people(0..<4), gone: users([4]))
            #expect(try await story.objects(2) == ["user u05 held protected"])
            #expect(try await story.objects(3) == ["user u04 removed leftCompany"])
        }
    }
}
