import Postgres
import SuiteTesting
import Testing

/// Who is held, kept or removed, and with which reason, by what happened in WeCom (architecture.md §3.5).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct RemovalReasonTests {
    /// What happens to a tenant of 40 people, four of whom are in department 77 below the root.
    enum Happening: String, CaseIterable, CustomTestStringConvertible {
        case leaversWhileEverybodyIsSaidToBeGone
        case leavers
        case allIDsAreOthers
        case narrowedRange
        case rangeNarrowedToOneDepartment
        case deselectedDepartment
        case deletedDepartmentOfScope
        case withdrawnPermission

        var testDescription: String { rawValue }
    }

    /// What is expected of the people that it concerns.
    struct Expectation {
        var outcome = "succeeded"
        var removedBecause: String?
        /// Of how many.
        var removed = 0
        var unknown = 0
        var heldBecause: String?
        var held = 0
    }

    @Test("each way of not being shown has its reason and its answer", arguments: Happening.allCases)
    func reasons(_ happening: Happening) async throws {
        try await withJudgedSuite("reason") { suite in
            let connected = try await prepare(happening, in: suite)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            let expected = try await happen(happening, to: connected, in: suite)
            let run = try await suite.synchronize(connected)
            #expect(run.outcome == expected.outcome, "\(run.reasons)")
            #expect(run.counts.users.removed == expected.removed && run.counts.users.addUp, "\(run.counts.users)")
            #expect(run.counts.users.unknown == expected.unknown && run.counts.users.held == expected.held)
            let reasons = try await suite.query(
                "select removed_because from directory.users where removed_at is not null"
            ).map { try $0.decode(String?.self) }
            #expect(reasons == Array(repeating: expected.removedBecause, count: expected.removed))
            let held = try await suite.directory.missing(of: connected.provider, "held").filter { $0.kind == "user" }
            #expect(held.map(\.hold) == Array(repeating: expected.heldBecause, count: expected.held))
        }
    }

    private func prepare(_ happening: Happening, in suite: Suite) async throws -> ConnectedTenant {
        let connected = try await suite.connect("reasons", users: 40, departments: 6)
        let corp = connected.corp
        try await suite.simulator.put(department: 77, ["name": "小组", "parentid": 1], in: corp)
        for number in 1...4 {
            try await suite.simulator.put(user: "member.\(number)", ["name": "组员", "department": [77]], in: corp)
        }
        switch happening {
        case .narrowedRange, .rangeNarrowedToOneDepartment:
            try await suite.simulator.setVisibleRange(
                departments: try await tops(of: connected, in: suite),
                of: connected.agentID,
                in: corp
            )
        case .deselectedDepartment, .deletedDepartmentOfScope:
            let tops = try await tops(of: connected, in: suite)
            try await suite.registry.change(
                connected.provider,
                ["scope": ["kind": "departments", "departments": .array(tops.map { .integer($0) })]]
            )
        default: break
        }
        return connected
    }

    /// The departments right below the root.
    private func tops(of connected: ConnectedTenant, in suite: Suite) async throws -> [Int] {
        try await suite.simulator.truth(of: connected.corp, agentID: connected.agentID).departments
            .filter { $0.parentid == 1 }.map(\.id)
    }

    private func happen(
        _ happening: Happening,
        to connected: ConnectedTenant,
        in suite: Suite
    ) async throws -> Expectation {
        let (wecom, corp) = (suite.simulator, connected.corp)
        switch happening {
        case .leaversWhileEverybodyIsSaidToBeGone:
            for number in 1...2 { try await wecom.remove(user: "member.\(number)", in: corp) }
            try await wecom.order(["path": "user/get", "kind": "errcode", "code": 60_111], for: corp)
            return Expectation(outcome: "partial", unknown: 2)
        case .leavers:
            for number in 1...2 { try await wecom.remove(user: "member.\(number)", in: corp) }
            return Expectation(removedBecause: "leftCompany", removed: 2)
        case .allIDsAreOthers:
            // Leaders stay, as random changes do.
            let gone = try await wecom.change(corp, remove: 44, add: 44).removed.count
            return Expectation(outcome: "held", heldBecause: "idsChanged", held: gone)
        case .narrowedRange:
            let rest = try await tops(of: connected, in: suite).filter { $0 != 77 }
            try await wecom.setVisibleRange(departments: rest, of: connected.agentID, in: corp)
            return Expectation(removedBecause: "leftVisibleRange", removed: 4)
        case .rangeNarrowedToOneDepartment:
            let known = try await suite.directory.users(of: connected.provider).count
            try await wecom.setVisibleRange(departments: [77], of: connected.agentID, in: corp)
            return Expectation(outcome: "held", heldBecause: "overLimit", held: known - 4)
        case .deselectedDepartment:
            let rest = try await tops(of: connected, in: suite).filter { $0 != 77 }
            try await suite.registry.change(
                connected.provider,
                ["scope": ["kind": "departments", "departments": .array(rest.map { .integer($0) })]]
            )
            return Expectation(removedBecause: "leftScope", removed: 4)
        case .deletedDepartmentOfScope:
            try await wecom.order(
                ["path": "department/list", "kind": "change", "change": ["removeDepartment": 77]],
                for: corp
            )
            return Expectation(removedBecause: "leftScope", removed: 4)
        case .withdrawnPermission:
            for number in 1...2 { try await wecom.remove(user: "member.\(number)", in: corp) }
            try await wecom.order(["path": "user/get", "kind": "errcode", "code": 48_002], for: corp)
            return Expectation(outcome: "partial", unknown: 2)
        }
    }
}
