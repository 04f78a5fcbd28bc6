import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing
import WeCom

@testable import Registry

/// How enterprises that granted something are looked after.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct EnterpriseTests {
    private static let corp = "ww1e933be11645237c"

    private func withConnected(
        _ settings: [String: JSON] = [:],
        _ test: @escaping @Sendable (GrantPlay, IdentityProviderID) async throws -> Void
    ) async throws {
        try await withGrantPlay { play in
            let id = try await play.registry.makeProvider(settings)
            let state = try await play.registry.requestAuthorization(id)
            try await play.registry.push(play.model.authorize(Self.corp, state: state))
            try #require(try await play.registry.configuration().isConnected)
            try await test(play, id)
        }
    }

    @Test("the visible range is read again when it changes, and what came and what went is shown")
    func rangeChange() async throws {
        try await withConnected { play, id in
            let before = try await play.registry.send(.get, "idps/\(id)/authorization")["enterprise"]
            #expect(before["visibleRange"] == ["departments": [1], "users": ["zhangsan"], "tags": []])
            #expect(before["rangeChanges"] == [])
            try await play.registry.push(play.model.change(Self.corp))
            let after = try await play.registry.send(.get, "idps/\(id)/authorization")["enterprise"]
            let department = after["visibleRange"]["departments"]
            #expect(department != [1])
            let change = after["rangeChanges"][0]
            #expect(change["added"] == ["departments": department, "users": [], "tags": [], "count": 1])
            #expect(change["removed"] == ["departments": [1], "users": [], "tags": [], "count": 1])
        }
    }

    @Test("a change that WeCom did not tell is noticed within a day, and starts a run where runs start by themselves")
    func lostChange() async throws {
        for (isAutomatic, more) in [(true, 1), (false, 0)] {
            try await withConnected(["automaticSynchronization": .boolean(isAutomatic)]) { play, id in
                let runs = try await play.registry.send(.get, "idps/\(id)/runs")["items"].array
                #expect(runs.count == more)
                for run in runs { try await play.registry.finish(run) }
                _ = play.model.change(Self.corp)
                try await play.registry.workAgain()
                let after = try await play.registry.send(.get, "idps/\(id)/authorization")["enterprise"]
                #expect(after["rangeChanges"].array.count == 1)
                #expect(try await play.registry.count("runs") == 2 * more)
                try await play.registry.workAgain()
                #expect(try await play.registry.count("runs") == 2 * more)
            }
        }
    }

    @Test("an enterprise is looked after again within a day, and not all at the same time")
    func spread() async throws {
        try await withGrantPlay { play in
            let histories = (0..<20).map { _ in GrantHistory(deeds: [.authorize], steps: [.deed, .event(0)]) }
            var parts = try await play.parts(histories, name: 1)
            for number in 0..<2 { try await play.step(&parts, number) }
            try await play.work()
            let rows = try await play.registry.database.run(
                "select extract(epoch from not_before - now())::float8 from registry.corp_authorizations"
            )
            let rests = try rows.decode(Double.self)
            #expect(rests.count == 20)
            #expect(rests.allSatisfy { (64_000...86_400).contains($0) })
            #expect((rests.max() ?? 0) - (rests.min() ?? 0) > 3_600)
        }
    }

    @Test("an authorization that WeCom withdrew without telling so is noticed, and only when it says so twice")
    func lostCancel() async throws {
        try await withConnected { play, id in
            _ = play.model.cancel(Self.corp)
            try await play.registry.database.run("update registry.corp_authorizations set not_before = now()")
            try await play.registry.work()
            #expect(try await play.registry.configuration().authorization == .authorized)
            try await play.registry.workAgain()
            let configuration = try await play.registry.configuration()
            #expect(configuration.authorization == .revoked)
            #expect(configuration.isShut)
            #expect(try await play.registry.send(.post, "idps/\(id)/runs").problem == "not-connected")
        }
    }

    @Test("an authorization that was told withdrawn is revoked at once if WeCom says so, and not at all if it does not")
    func lateCancel() async throws {
        try await withConnected { play, _ in
            let late = play.model.cancel(Self.corp)
            let states = try await play.registry.database.run("select state from registry.grants").decode(String.self)
            try await play.registry.push(play.model.authorize(Self.corp, state: try #require(states.first)))
            try await play.registry.push(late)
            #expect(try await play.registry.configuration().isConnected)
            try await play.registry.push(play.model.cancel(Self.corp))
            #expect(try await play.registry.configuration().authorization == .revoked)
        }
    }

    /// Seconds until the enterprise is looked after again.
    private func secondsToLook(_ registry: TestRegistry) async throws -> Double {
        let rows = try await registry.database.run(
            "select extract(epoch from not_before - now())::float8 from registry.corp_authorizations"
        )
        return try #require(try rows.decode(Double.self).first)
    }

    @Test("what is told withdrawn before WeCom's answer says so is asked about again soon, and revoked then")
    func earlyCancel() async throws {
        try await withConnected { play, _ in
            let registry = play.registry
            try await registry.push(Provider.corpEvent("cancel_auth", corp: Self.corp))
            #expect(try await registry.configuration().isConnected)
            let soon = try await secondsToLook(registry)
            #expect((50...60).contains(soon))
            let rests: [(age: Double, next: ClosedRange<Double>)] = [(61, 290...300), (361, 1_790...1_800)]
            for (age, next) in rests {
                try await registry.database.run(
                    """
                    update registry.corp_authorizations
                    set not_before = now(), suspected_at = now() - \(age)::float8 * interval '1 second'
                    """
                )
                try await registry.work()
                let seconds = try await secondsToLook(registry)
                #expect(next.contains(seconds))
            }
            #expect(try await registry.configuration().isConnected)
            _ = play.model.cancel(Self.corp)
            try await registry.database.run("update registry.corp_authorizations set not_before = now()")
            try await registry.work()
            #expect(try await registry.configuration().authorization == .revoked)
        }
    }

    @Test("what is told withdrawn and stays good for long counts as told by mistake, or late")
    func wrongCancel() async throws {
        try await withConnected { play, _ in
            let registry = play.registry
            try await registry.push(Provider.corpEvent("cancel_auth", corp: Self.corp))
            try await registry.workAgain()
            let seconds = try await secondsToLook(registry)
            #expect((64_000...86_400).contains(seconds))
            #expect(try await registry.configuration().isConnected)
            let rows = try await registry.database.run(
                "select is_told_cancelled or suspected_at is not null from registry.corp_authorizations"
            )
            #expect(try rows.decode(Bool.self) == [false])
        }
    }

    @Test("where a run's calls are refused the app's code, the enterprise is looked after, at most once an hour")
    func refusedRun() async throws {
        try await withConnected { play, id in
            let registry = play.registry
            for run in try await registry.send(.get, "idps/\(id)/runs")["items"].array {
                try await registry.finish(run)
            }
            let cases: [(code: Int, hours: Double, rest: ClosedRange<Double>)] = [
                (60_020, 2, 60_000...86_400), (40_084, 0, 3_500...3_600), (40_001, 2, -60...0),
            ]
            for (code, hours, rest) in cases {
                try await registry.database.run(
                    """
                    update registry.corp_authorizations
                    set checked_at = now() - \(hours)::float8 * interval '1 hour'
                    """
                )
                let run = try await registry.startRun(id)
                var end = TestRegistry.end(of: run, .failed)
                end.errorCode = code
                try await registry.deliver([try await registry.record(end, of: run)])
                let seconds = try await secondsToLook(registry)
                #expect(rest.contains(seconds), "\(code)")
            }
        }
    }

    @Test("a reset that is told late restores what was held for lost, unless somebody else was granted it since")
    func lateReset() async throws {
        for isGrantedElsewhere in [false, true] {
            try await withGrantPlay(.atOnce, tellsStateOfReset: false) { play in
                let registry = play.registry
                let (id, other) = (try await registry.makeProvider(), try await registry.makeProvider())
                let state = try await registry.requestAuthorization(id)
                try await registry.push(play.model.authorize(Self.corp, state: state))
                let isLost = { () async throws -> Bool in
                    try await registry.send(.get, "idps/\(id)/authorization")["state"] == "revoked"
                }
                if isGrantedElsewhere {
                    try await registry.push(play.model.cancel(Self.corp))
                    let another = try await registry.requestAuthorization(other)
                    try await registry.push(play.model.authorize(Self.corp, state: another))
                    try await registry.decide("confirm", other)
                }
                let late = play.model.resetCode(of: Self.corp)
                for _ in 0..<2 { try await registry.workAgain() }
                #expect(try await isLost())
                try await registry.push(late)
                try await registry.workAgain()
                #expect(try await isLost() == isGrantedElsewhere)
            }
        }
    }

    @Test("a grant that WeCom was mistaken about goes on when WeCom knows better")
    func mistaken() async throws {
        try await withGrantPlay { play in
            let registry = play.registry
            let id = try await registry.makeProvider()
            let state = try await registry.requestAuthorization(id)
            for _ in 0..<2 { play.model.fail("service/v2/get_auth_info", of: Self.corp, .refused(40_084)) }
            try await registry.push(play.model.authorize(Self.corp, state: state))
            try await registry.workAgain()
            #expect(try await registry.grants(id).map { $0["state"] } == ["revoked"])
            try await registry.workAgain()
            #expect(try await registry.grants(id).map { $0["state"] } == ["complete"])
            #expect(try await registry.configuration().isConnected)
        }
    }

    @Test("what keeps an enterprise from being looked after is shown, with what to do, until it is over")
    func trouble() async throws {
        try await withConnected { play, id in
            // More often than it is asked about while this test looks.
            for _ in 0..<100 { play.model.fail("service/v2/get_auth_info", of: Self.corp, .refused(60_020)) }
            try await play.registry.push(play.model.change(Self.corp))
            let seen = try await play.registry.send(.get, "idps/\(id)/authorization")["enterprise"]
            #expect(seen["trouble"]["wecomCode"] == 60_020)
            #expect(seen["trouble"]["callerAddress"] == "9.9.9.9")
            #expect(seen["troubleSince"] != .null)
            play.model.recover()
            try await play.registry.workAgain()
            let after = try await play.registry.send(.get, "idps/\(id)/authorization")["enterprise"]
            #expect(after["trouble"] == .null)
        }
    }

    @Test("codes of another template are not asked about, so that a changed setting revokes nobody")
    func otherTemplate() async throws {
        try await withConnected { play, id in
            try await play.registry.database.run(
                "update registry.corp_authorizations set suite = 'dkanother', not_before = now()"
            )
            try await play.registry.workAgain()
            #expect(try await play.registry.configuration().isConnected)
            let row = try #require(
                try await play.registry.database.run("select trouble from registry.corp_authorizations").first
            )
            let trouble = try row.decode(JSON.self)
            #expect(trouble["reason"].string?.contains("WECOM_TEMPLATE_ID") == true, "\(id)")
        }
    }

    @Test("the age of the suite ticket is shown, and remarked when it is too great, without making anybody unready")
    func ticketAge() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeProvider()
            let readiness = Readiness()
            let watch = try #require(registry.components.ticketWatch(readiness))
            try await watch.look()
            #expect(readiness.remarks["suite ticket"] != nil)
            #expect(readiness.isReady)
            try await registry.push(Provider.suiteTicket("t"))
            try await watch.look()
            #expect(readiness.remarks["suite ticket"] == nil)
            try await registry.database.run(
                "update registry.suite_tickets set pushed_at = now() - interval '31 minutes'"
            )
            try await watch.look()
            #expect(readiness.remarks["suite ticket"] != nil)
            let ticket = try await registry.send(.get, "idps/\(id)/authorization")["suiteTicket"]
            #expect(ticket["isGood"] == false)
            #expect(ticket["pushedAt"] != .null)
        }
    }
}
