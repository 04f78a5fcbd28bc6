import SuiteTesting
import Testing

@testable import Chaos

/// What can never be is found, and what may be is not.
@Suite struct CheckTests {
    @Test("a pair of epoch and fence that goes down is told, by however little")
    func positions() {
        var check = PositionCheck()
        func look(_ major: Int64, _ minor: Int64) -> Int {
            check.look(at: [.init(name: "one", major: major, minor: minor)]).count
        }
        #expect(look(1, 1) == 0 && look(1, 1) == 0 && look(1, 2) == 0 && look(2, 1) == 0)
        #expect(look(1, 9) == 1)
        #expect(look(1, 9) == 1, "the highest counts, not the last")
        #expect(look(2, 0) == 1 && look(2, 1) == 0)
        #expect(check.look(at: [.init(name: "another", major: 0, minor: 0)]).isEmpty)
    }

    @Test("somebody without access who has been in WeCom since before the look is told; nobody else is")
    func removals() {
        let presence = Presence(tenants: 2)
        let start = ContinuousClock.now
        presence.note([.init(0, "Ann"), .init(0, "bob"), .init(1, "ann")], at: start)
        presence.cross(out: [.init(0, "BOB")])
        presence.note([.init(0, "late")], at: start + .seconds(9))
        let check = RemovalCheck(tenants: ["p": 0, "q": 1], presence: presence)
        func look(_ provider: String, _ user: String) -> Int {
            let row = RemovalCheck.Row(identityProvider: provider, userID: user, place: "directory")
            return check.look(at: [row], asked: start + .seconds(5)).count
        }
        #expect(look("p", "ANN") == 1 && look("q", "ann") == 1)
        #expect(look("p", "bob") == 0, "who leaves is crossed out before WeCom hears of it")
        #expect(look("p", "late") == 0, "the rows are older than what is known")
        #expect(look("q", "bob") == 0 && look("other", "ann") == 0)
    }

    @Test("who has left is not certain to be there again")
    func returning() {
        let presence = Presence(tenants: 1)
        let start = ContinuousClock.now
        presence.note([.init(0, "ann")], at: start)
        #expect(presence.isCertain(.init(0, "Ann"), since: start))
        presence.cross(out: [.init(0, "ann")])
        presence.note([.init(0, "ann")], at: start)
        #expect(!presence.isCertain(.init(0, "ann"), since: start + .seconds(1)))
        #expect(presence.people(of: 0).isEmpty)
        presence.welcomeBack([.init(0, "ann")])
        #expect(presence.people(of: 0).isEmpty, "whether she is in the directory is not known yet")
        presence.note([.init(0, "ann")], at: start)
        #expect(presence.people(of: 0) == [.init(0, "ann")])
    }

    @Test("of those who are out of view so many may be without access as limits allow, in one place, and no more")
    func hidden() {
        let presence = Presence(tenants: 2)
        let start = ContinuousClock.now
        presence.note((1...30).map { Presence.Person(0, "p\($0)") }, at: start)
        presence.note([.init(1, "ann")], at: start)
        presence.hide(tenant: 0)
        presence.note([.init(0, "new")], at: start)
        let check = RemovalCheck(tenants: ["p": 0, "q": 1], presence: presence)
        func look(_ users: [String], _ provider: String = "p", _ place: String = "directory") -> Int {
            let rows = users.map { RemovalCheck.Row(identityProvider: provider, userID: $0, place: place) }
            return check.look(at: rows, asked: start + .seconds(1)).count
        }
        func first(_ count: Int) -> [String] { (1...count).map { "P\($0)" } }
        #expect(presence.people(of: 0).isEmpty && presence.hidden(of: 0).count == 31)
        #expect(look(first(8)) == 0)
        #expect(look(first(9)) == 1, "a day's limit is 8")
        #expect(look(first(8) + ["new"]) == 1, "whoever comes meanwhile may be out of view, too")
        #expect(look(["ann"], "q") == 1, "the others' people are where they were")
        presence.cross(out: [.init(0, "p1")])
        #expect(look(first(9)) == 0, "whoever leaves is none of them")
        presence.show(tenant: 0)
        presence.note([.init(0, "p2")], at: start)
        #expect(look(["p2"]) == 1 && look(first(30)) == 1, "who was not met again is not certain to be there")
    }

    @Test("rows of another tenant are told, and so is who changes without a run")
    func tenancies() {
        var check = TenancyCheck(tenants: ["p": "one"])
        #expect(check.look(at: [.init(table: "users", identityProvider: "p", tenant: "one")]).isEmpty)
        #expect(check.look(at: [.init(table: "users", identityProvider: "p", tenant: "two")]).count == 1)
        func look(_ digest: String, _ runs: Int, running: Int = 0) -> [String] {
            let content = TenancyCheck.Content(
                identityProvider: "p",
                digests: ["users": digest, "departments": "same"],
                runs: runs,
                running: running
            )
            return check.look(at: [content]).map(\.what)
        }
        #expect(look("a", 1).isEmpty && look("a", 1).isEmpty)
        #expect(look("b", 1) == ["users changed, and it had no run"])
        #expect(look("c", 2).isEmpty && look("d", 2).isEmpty, "it had a run, whose end is told late")
        check.forget()
        #expect(look("e", 2, running: 1).isEmpty && look("f", 2).isEmpty, "one was under way when the rest began")
        check.forget()
        #expect(look("g", 2).isEmpty)
        #expect(look("h", 2).count == 1)
        #expect(check.comparisons == 3)
    }

    @Test("a session that lives on for more than a second is told; one that ends in time is not")
    func sessions() {
        var check = SessionCheck()
        let start = ContinuousClock.now
        #expect(check.look(at: ["a", "b"], asked: start).isEmpty)
        #expect(check.look(at: ["a"], asked: start + .milliseconds(900)).isEmpty)
        #expect(check.look(at: ["a", "b"], asked: start + .milliseconds(1_100)) == ["a"])
        #expect(check.look(at: [], asked: start + .seconds(2)).isEmpty)
        #expect(check.look(at: ["a"], asked: start + .seconds(3)).isEmpty)
    }

    @Test("every promise has its figure, and one that is broken fails the attack", arguments: Breach.Kind.allCases)
    func figures(_ kind: Breach.Kind) {
        var figures = Figures(seed: 1, minutes: 2.126, faults: 3, rounds: 4, runs: 5, logons: 6)
        #expect(figures.isGood)
        #expect(
            figures.json
                == """
                {"seed":1,"minutes":2.12,"faults":3,"rounds":4,"runs":5,"logons":6,"differences":0,"wrong_removals":0,\
                "kept_leavers":0,"lost_changes":0,"older_state_seen":0,"cross_tenant":0,"late_sessions":0,\
                "contract_breaches":0,"secrets_seen":0,"stuck":0,"unhealed":0}
                """
        )
        figures.breaches[kind] = 1
        #expect(!figures.isGood && figures.json.contains("\"\(kind.rawValue)\":1"))
    }

    @Test("an attack in which nothing was done is no good one")
    func nothing() {
        #expect(!Figures(rounds: 0, runs: 1, logons: 1).isGood)
        #expect(!Figures(rounds: 1, runs: 0, logons: 1).isGood)
        #expect(!Figures(rounds: 1, runs: 1, logons: 0).isGood)
    }
}
