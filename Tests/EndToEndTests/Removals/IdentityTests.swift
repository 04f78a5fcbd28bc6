import SuiteTesting
import Testing

/// Who somebody is, over time: another user id is the same person, and the same user id may be another human
/// (architecture.md §3.5).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct IdentityTests {
    @Test("a person whose user id changes keeps the id and the session, as the event tells or as a run finds out")
    func renamed() async throws {
        try await withJudgedSuite("renamed") { suite in
            let corp = try await suite.simulator.makeCorp(users: 60, departments: 5)
            let connected = try await suite.registry.connect(
                "renamed",
                to: corp,
                in: suite.simulator,
                redirectHost: suite.verifierHost
            )
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            let people = try await suite.simulator.employees(of: connected.corp, count: 2)
            let sessions = [
                try await suite.logOn(people[0], to: connected), try await suite.logOn(people[1], to: connected),
            ]
            let before = try await suite.ids(of: connected)

            try await suite.simulator.tellChanges(["envelope": "data"])
            let start = ContinuousClock.now
            try await suite.simulator.rename(user: people[0].userid, to: "new.name", in: connected.corp)
            _ = try await waitFor("the new user id in the directory", every: .milliseconds(50)) {
                try await suite.ids(of: connected)["new.name"] == before[people[0].userid] ? true : nil
            }
            print("new user id to row: \(ContinuousClock.now - start)")
            _ = try await waitFor("the end of that run") {
                try await suite.registry.runs(of: connected.provider).allSatisfy { $0.state == "finished" } ? true : nil
            }

            // Of this one nothing is told.
            try await suite.simulator.tellChanges([:])
            try await suite.simulator.rename(user: people[1].userid, to: "other.name", in: connected.corp)
            let found = try await suite.synchronize(connected)
            #expect(found.outcome == "succeeded" && found.counts.users.removed == 0, "\(found.reasons)")
            let after = try await suite.ids(of: connected)
            #expect(after["other.name"] == before[people[1].userid])
            #expect(after.count == before.count)
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            try await suite.waitForPrincipals(of: connected)
            for session in sessions { #expect(try await suite.employee.isWelcome(session)) }
            #expect(try await suite.removed(of: connected).isEmpty)
        }
    }

    @Test("user ids that change for everybody are held, and mapped once somebody agrees")
    func bulk() async throws {
        try await withJudgedSuite("encrypted") { suite in
            let connected = try await suite.connect("encrypted", users: 60, departments: 5)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            let before = try await suite.ids(of: connected)
            let new = Dictionary(uniqueKeysWithValues: before.keys.enumerated().map { ($1, "woAJ2GCAAA-\($0)") })
            for (user, id) in new { try await suite.simulator.rename(user: user, to: id, in: connected.corp) }
            let held = try await suite.synchronize(connected)
            #expect(held.outcome == "held" && held.counts.users.removed == 0, "\(held.reasons)")
            let missing = try await suite.directory.missing(of: connected.provider, "held")
            #expect(missing.count == before.count)
            #expect(missing.allSatisfy { $0.hold == "idsChanged" && $0.renamedTo == new[$0.externalID] })
            let approved = try await suite.registry.waitForEnd(of: suite.registry.approve(held))
            #expect(approved.outcome == "succeeded" && approved.counts.users.removed == 0, "\(approved.reasons)")
            let after = try await suite.ids(of: connected)
            #expect(after == Dictionary(uniqueKeysWithValues: before.map { (new[$0] ?? "", $1) }))
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            try await suite.waitForPrincipals(of: connected)
        }
    }

    @Test("another human under a used id waits for a decision; as another person they begin anew, and old sessions end")
    func reused() async throws {
        try await withJudgedSuite("reused") { suite in
            let connected = try await suite.connect("reused", users: 60, departments: 5)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            let people = try await suite.simulator.employees(of: connected.corp, count: 2)
            let (user, same) = (people[0].userid, people[1].userid)
            let session = try await suite.logOn(people[0], to: connected)
            let before = try await suite.ids(of: connected)
            // Both are deleted and made anew between two runs: one for another human, one for the same with a new name
            // and number.
            for id in [user, same] {
                try await suite.simulator.remove(user: id, in: connected.corp)
                try await suite.simulator.put(
                    user: id,
                    [
                        "name": .string("新 \(id)"), "mobile": "+8613999999999", "email": "new@new.example",
                        "department": [1],
                    ],
                    in: connected.corp
                )
            }
            let held = try await suite.synchronize(connected)
            #expect(held.outcome == "held", "\(held.reasons)")
            #expect(try await suite.held(of: connected) == [user.lowercased(), same.lowercased()])
            #expect(try await suite.ids(of: connected) == before)
            #expect(try await suite.employee.isWelcome(session))

            let another = try await suite.registry.waitForEnd(
                of: suite.registry.approve(held, users: [user], reused: "anotherPerson")
            )
            #expect(another.outcome == "succeeded", "\(another.reasons)")
            let kept = try await suite.registry.waitForEnd(
                of: suite.registry.approve(held, users: [same], reused: "samePerson")
            )
            #expect(kept.outcome == "succeeded", "\(kept.reasons)")
            let after = try await suite.ids(of: connected)
            #expect(after[user] != before[user] && after[same] == before[same])
            _ = try await waitFor("the end of the former person's session", within: .seconds(10)) {
                try await suite.employee.isWelcome(session) ? nil : true
            }
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            try await suite.waitForPrincipals(of: connected)
        }
    }
}

extension Suite {
    /// The directory's ids, by WeCom's.
    fileprivate func ids(of connected: ConnectedTenant) async throws -> [String: String] {
        let people = try await directory.users(of: connected.provider)
        return Dictionary(people.map { ($0.externalID, $0.id) }) { $1 }
    }
}
