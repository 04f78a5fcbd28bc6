import BackgroundWork
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing
import WeCom

@testable import Registry

/// WeCom fails at every call that a grant needs, in every way that it can.
@Suite(
    .serialized,
    .enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"),
    .timeLimit(.minutes(5))
)
struct GrantFailureTests {
    /// Every code that WeCom is known to answer, one that is not known, and an answer that is lost.
    private static let failures: [WeComModel.Failure] =
        ErrorReactions.all.compactMap(\.code).map { .refused($0) } + [.refused(123_456), .answerLost]

    private static let histories = failures.map { _ in GrantHistory(deeds: [.authorize], steps: [.deed, .event(0)]) }

    @Test("whatever WeCom answers when a code is exchanged, the grant says so, and goes on unless the code is spent")
    func exchange() async throws {
        try await withGrantPlay { play in
            var parts = try await play.parts(Self.histories, name: 1)
            for (part, failure) in zip(parts, Self.failures) {
                // More often than a call is repeated at once.
                play.model.fail("service/v2/get_permanent_code", of: part.corp, failure, failure)
            }
            for number in 0..<2 { try await play.step(&parts, number) }
            try await play.work()
            for (part, failure) in zip(parts, Self.failures) {
                let grant = try #require(try await play.registry.grants(part.provider).first, "\(failure)")
                guard grant["state"] != "complete" else { continue }
                #expect(grant["state"] == "inTrouble", "\(failure)")
                #expect(grant["trouble"]["whatToDo"].string?.isEmpty == false, "\(failure)")
            }
            try await play.settle()
            #expect(try await play.faults(parts) == [])
            for (part, failure) in zip(parts, Self.failures) {
                let configuration = try await play.registry.components.providers.find(part.provider, for: .everywhere)
                    .configuration
                let isSpent = [.refused(40_077), .refused(40_078), .refused(42_007), .answerLost].contains(failure)
                #expect(configuration.isConnected == !isSpent, "\(failure)")
            }
        }
    }

    @Test("whatever WeCom answers when an enterprise is looked after, nothing is lost or revoked by it")
    func look() async throws {
        try await withGrantPlay { play in
            let parts = try await connected(play, name: 2, failing: Self.failures)
            for (part, failure) in zip(parts, Self.failures) {
                play.model.fail("service/v2/get_auth_info", of: part.corp, failure, failure)
                let answer = try await play.registry.push(try Push(play.model.change(part.corp)))
                try #require(answer.text == "success")
            }
            try await play.work()
            for (part, failure) in zip(parts, Self.failures) {
                let configuration = try await play.registry.components.providers.find(part.provider, for: .everywhere)
                    .configuration
                #expect(configuration.isConnected, "\(failure)")
            }
            try await play.settle()
            #expect(try await play.faults(parts) == [])
            let changes = try await play.registry.database.run("select distinct key from registry.range_changes")
            #expect(changes.count == parts.count, "no change of a visible range is missed")
        }
    }

    /// Enterprises that were granted while every first look at them failed.
    private func connected(
        _ play: GrantPlay,
        name: Int,
        failing failures: [WeComModel.Failure]
    ) async throws -> [GrantPlay.Part] {
        var parts = try await play.parts(Self.histories, name: name)
        for (part, failure) in zip(parts, failures) {
            play.model.fail("service/v2/get_auth_info", of: part.corp, failure)
        }
        for number in 0..<2 { try await play.step(&parts, number) }
        try await play.work()
        try await play.settle()
        try #require(try await play.faults(parts) == [])
        return parts
    }

    @Test("whatever WeCom answers when the template's token is asked for, the grant goes on afterwards")
    func suiteToken() async throws {
        try await withProvider { registry, wecom in
            try await registry.push(Provider.suiteTicket("t"))
            let good = try #require(WeComStub.usual["service/get_suite_token"]?.first)
            for code in ErrorReactions.all.compactMap(\.code) {
                let id = try await registry.makeProvider()
                let state = try await registry.requestAuthorization(id)
                let taken = try await registry.push(try Push(Provider.createAuth("c\(code)", state: state)))
                try #require(taken.text == "success")
                wecom.answer("service/get_suite_token", ["errcode": .integer(Int64(code)), "errmsg": "no"])
                _ = try await registry.another().codeQueue.drain()
                let grant = try #require(try await registry.grants(id).first)
                #expect(grant["state"] == "inTrouble", "\(code)")
                wecom.answer("service/get_suite_token", good)
                let another = try registry.another()
                try await registry.database.run(
                    "update registry.grants set not_before = now() where done_at is null"
                )
                _ = try await another.codeQueue.drain() + another.authorizationQueue.drain()
                let configuration = try await registry.components.providers.find(id, for: .everywhere).configuration
                #expect(configuration.isConnected, "\(code)")
                _ = try await registry.deleteProvider(id)
            }
        }
    }

    @Test("a code whose answer was lost is healed by the next one that WeCom sends, as the trouble says")
    func answerLost() async throws {
        try await withGrantPlay { play in
            let history = GrantHistory(deeds: [.authorize, .reset], steps: [.deed, .event(0), .deed, .event(1)])
            var parts = try await play.parts([history], name: 3)
            let part = parts[0]
            play.model.fail("service/v2/get_permanent_code", of: part.corp, .answerLost)
            for number in 0..<2 { try await play.step(&parts, number) }
            try await play.work()
            let grant = try #require(try await play.registry.grants(part.provider).first)
            #expect(grant["trouble"]["whatToDo"].string?.contains("重新获取secret") == true)
            for number in 2..<4 { try await play.step(&parts, number) }
            try await play.work()
            #expect(try await play.faults(parts) == [])
            let states = try await play.registry.grants(part.provider).map { $0["state"] }
            #expect(states == ["complete", "superseded"])
        }
    }
}
