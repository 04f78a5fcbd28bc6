import BackgroundWork
import Egress
import Hummingbird
import Messages
import Postgres
import PostgresTesting
import Runtime
import Sealing
import Testing
import WeCom

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs DATABASE_URL"))
struct OutsideBudgetTests {
    private struct Lost: Error {}

    private let corp: CorpID
    private let tenant = TenantID.make()

    init() throws { corp = try CorpID("ww1e933be11645237c") }

    @Test("of each kind of budget is told what whoever is nearest to its limit has used of the present window")
    func figures() async throws {
        try await withEgressSchema { database in
            try await database.run(
                """
                insert into egress_test.call_budgets (subject, interface, seconds, started_at, used, granted, most) values
                    ('corp/a', 'user/list', 3600, now() - interval '10 minutes', 30, 1, 100),
                    ('corp/b', 'user/list', 3600, now() - interval '10 minutes', 90, 1, 100),
                    ('corp/c', 'user/list', 3600, now() - interval '2 hours', 100, 1, 100),
                    ('address/x', 'user/list', 60, now() - interval '1 second', 5, 1, 50)
                """
            )
            let used = try await EgressSchema.budgets(schema: "egress_test").look(in: database)
            #expect(used["corp hour"] == 90 && used["address minute"] == 10)
            #expect(used["corp minute"] == 0 && used["findings hour"] == 0)
        }
    }

    private var call: OutsideCall { OutsideCall(.ownAppCheck, tenant: tenant, corp: corp) }

    @Test("wrong secrets may be tried a few times, then there is a pause that doubles, also over instances")
    func pauses() async throws {
        try await withEgressSchema { database in
            let budgets = (0..<3).map { _ in budget(database) }
            var tried = 0
            while try await refuse(call, budgets[tried % 3]) { tried += 1 }
            #expect(tried == 5)
            var waits: [Double] = []
            for _ in 0..<4 {
                let many = await #expect(throws: TooManyCalls.self) { try await budgets[0].trying(call) {} }
                #expect(many?.subject == .corp)
                #expect(many?.isForRefusals == true)
                waits.append((many?.retryAfter ?? .zero) / .seconds(1))
                try await database.run("update egress_test.refused_tries set until = now()")
                #expect(try await refuse(call, budgets[1]))
            }
            #expect(zip(waits, waits.dropFirst()).allSatisfy { $1 > 1.5 * $0 })
        }
    }

    @Test("however many try at once, no more wrong secrets reach WeCom than are allowed")
    func together() async throws {
        try await withEgressSchema { database in
            let budgets = (0..<2).map { _ in budget(database) }
            let reached = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<30 {
                    group.addTask { (try? await refuse(call, budgets[number % 2])) == true }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(reached == 5)
        }
    }

    @Test("nobody uses up another tenant's tries by naming its enterprise, nor by trying many of them")
    func tenants() async throws {
        try await withEgressSchema { database in
            let budget = budget(database)
            while try await refuse(call, budget) {}
            let other = OutsideCall(.ownAppCheck, tenant: .make(), corp: corp)
            try await budget.trying(other) {}
            // Ten in all, of whichever enterprises.
            var tried = 5
            for number in 10..<30 {
                let next = OutsideCall(.ownAppCheck, tenant: tenant, corp: try CorpID("ww1e933be116452\(number)7c"))
                guard try await refuse(next, budget) else { break }
                tried += 1
            }
            #expect(tried == 10)
            try await budget.trying(other) {}
        }
    }

    @Test("what WeCom takes, or says nothing of, counts for nothing")
    func good() async throws {
        try await withEgressSchema { database in
            let budget = budget(database)
            for _ in 0..<8 {
                await #expect(throws: Lost.self) { try await budget.trying(call) { throw Lost() } }
                await #expect(throws: WeComError.self) {
                    try await budget.trying(call) { throw WeComError(.api(60_020), path: "gettoken") }
                }
                try await budget.trying(call) {}
            }
            for _ in 0..<4 { #expect(try await refuse(call, budget)) }
            try await budget.trying(call) {}
            for _ in 0..<5 { #expect(try await refuse(call, budget)) }
        }
    }

    @Test("calls are bounded by tenant and enterprise, and another tenant has its own; 429 says when to come again")
    func windows() async throws {
        try await withEgressSchema { database in
            let budget = budget(database)
            let call = OutsideCall(.preflight, tenant: tenant, corp: corp)
            var made = 0
            var many: TooManyCalls?
            while many == nil, made < 100 {
                do {
                    try await budget.spend(call)
                    made += 1
                } catch let error as TooManyCalls {
                    many = error
                }
            }
            // A minute may end meanwhile.
            #expect((5...10).contains(made))
            #expect(many?.subject == .corp)
            let problem = try #require(many).problem
            #expect(problem.status == .tooManyRequests)
            #expect(Int(problem.headers[.retryAfter] ?? "") ?? 0 >= 1)
            try await budget.spend(OutsideCall(.preflight, tenant: .make(), corp: corp))
            try await budget.spend(OutsideCall(.ownAppCheck, tenant: tenant, corp: corp))
        }
    }

    @Test("a call that only counts afterwards is checked before, and not by its check")
    func checked() async throws {
        try await withEgressSchema { database in
            let budget = budget(database)
            let call = OutsideCall(.refusedCode, tenant: tenant, corp: corp)
            for _ in 0..<200 { try await budget.check(call) }
            while (try? await budget.spend(call)) != nil {}
            await #expect(throws: TooManyCalls.self) { try await budget.check(call) }
            try await budget.check(OutsideCall(.refusedCode, tenant: .make(), corp: corp))
        }
    }

    @Test("one address's count holds for all who call from it, and not for who has a proxy")
    func address() async throws {
        try await withEgressSchema { database in
            let budget = budget(database)
            try await database.run(
                """
                insert into egress_test.refused_tries (subject, tries, last_at, until)
                values ('address/default', 200, now(), now() + interval '60 s')
                """
            )
            let many = await #expect(throws: TooManyCalls.self) { try await budget.trying(call) {} }
            #expect(many?.subject == .address)
            let proxy = HTTPProxy(host: "proxy.example.com", port: 3_128, owner: tenant.description)
            try await budget.trying(OutsideCall(.ownAppCheck, tenant: tenant, corp: corp, proxy: proxy)) {}
        }
    }

    private func budget(_ database: Database) -> OutsideBudget {
        OutsideBudget(database: database, schema: egressSchema, address: "default")
    }

    /// Tries a wrong secret.
    ///
    /// - Returns: Whether WeCom was asked.
    private func refuse(_ call: OutsideCall, _ budget: OutsideBudget) async throws -> Bool {
        do {
            try await budget.trying(call) { throw WeComError(.api(40_001), path: "gettoken") }
        } catch is TooManyCalls {
            return false
        } catch is WeComError {}
        return true
    }
}
