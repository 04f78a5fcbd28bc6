import HTTPTypes
import HummingbirdTesting
import KafkaTesting
import Messages
import Testing

@testable import Verifier

/// Somebody logs on whom no run has brought yet. The sequences:
///
/// - the run brings them while they wait: they are in;
/// - it ends without them: they were left out, by the scope where there is one;
/// - it is held, fails, never ends, or the registry is not there: they are told to wait, and nobody waits for long.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct NewcomerTests {
    @Test("whom no run has brought yet is synchronised at once, and is in")
    func brought() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            bench.wecom.show("WangWu")
            bench.wecom.answerRuns(["state": "running"])
            let browser = bench.browser
            let state = try await bench.begin(configuration, in: browser)
            async let answer = bench.finish(state, as: .member("WangWu"), in: browser)
            try await eventually("the registry is asked") { bench.wecom.asked == ["WangWu"] }
            let person = [try Bench.person("WangWu", in: configuration)]
            try await bench.change(person, in: configuration, epoch: 1, sequence: 2)
            #expect(try await answer.query("code") != nil)
        }
    }

    @Test("whoever a run leaves out is told so, and operators which run it was")
    func leftOut() async throws {
        try await Bench.run { bench in
            var configuration = try await bench.enterprise()
            bench.wecom.show("WangWu")
            for (outcome, scope, reason) in [
                ("succeeded", SynchronizationScope.all, "user_unknown"), ("held", .all, "user_held"),
                ("failed", .all, "user_unknown"), ("succeeded", .departments([7]), "outside_scope"),
            ] {
                configuration.scope = scope
                configuration.revision = configuration.revision.next
                try await bench.publish(configuration)
                bench.wecom.answerRuns(["state": "finished", "outcome": outcome])
                let browser = bench.browser
                let state = try await bench.begin(configuration, in: browser)
                let page = try await bench.finish(state, as: .member("WangWu"), in: browser)
                #expect(page.element("reason") == reason)
                let id = try #require(page.element("diagnosis"))
                #expect(try await bench.diagnosis(id).detail?.contains("run 7") == true)
            }
            #expect(bench.wecom.asked.count == 4)
        }
    }

    @Test("where the registry is not there, or the app may not see the person, nobody waits")
    func notThere() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            bench.wecom.show("WangWu")
            for reason in ["user_unknown", "outside_visible_range"] {
                let browser = bench.browser
                let state = try await bench.begin(configuration, in: browser)
                let page = try await bench.finish(state, as: .member("WangWu"), in: browser)
                #expect(page.element("reason") == reason)
                bench.wecom.hide("WangWu")
            }
            #expect(bench.wecom.asked == ["WangWu"])
        }
    }

    @Test("operators read since when somebody is disabled, and WeCom's status of them")
    func disabled() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let person = [try Bench.person("ZhangSan", in: configuration, kind: .disabled, isEnabled: false)]
            try await bench.change(person, in: configuration, epoch: 2)
            let browser = bench.browser
            let state = try await bench.begin(configuration, in: browser)
            let page = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            let id = try #require(page.element("diagnosis"))
            let detail = try #require(try await bench.diagnosis(id).detail)
            #expect(detail.hasPrefix("disabled since 20"))
            #expect(detail.hasSuffix("WeCom's status of the person is 1"))
        }
    }
}
