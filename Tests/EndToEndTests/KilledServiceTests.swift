import Messages
import Pipeline
import Postgres
import SuiteTesting
import Testing

/// `kill -9` in the middle of a run, for each service (architecture.md §4, invariants 4 and 5).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct KilledServiceTests {
    private static let people = Proof.size(20_000, small: 4_000)
    /// Keeps the fetcher close to the writer, so that the middle of the run is its middle, too.
    private static let shortLead = ["FETCHER_WINDOW_PAGES": "32"]

    @Test("a long run survives the sudden death of a service", arguments: Suite.Service.allCases)
    func survives(service: Suite.Service) async throws {
        try await withJudgedSuite("kill", variables: Self.shortLead) { suite in
            let connected = try await suite.connect("killed", users: Self.people, departments: 300)
            let run = try await suite.registry.startRun(of: connected.provider)
            try await killInTheMiddle(service, of: run, in: suite)

            let ended = try await suite.registry.waitForEnd(of: run)
            #expect(ended.outcome == "succeeded", "\(ended.reasons)")
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            #expect(try await suite.directory.users(of: connected.provider).allSatisfy { $0.state == "active" })
            let seen = ended.counts.users
            #expect(seen.seen == seen.created + seen.updated + seen.unchanged + seen.rejected)
            #expect(seen.created == Self.people)
            try await expectEveryChangePublishedAndApplied(in: suite)
        }
    }

    private func killInTheMiddle(_ service: Suite.Service, of run: Registry.Run, in suite: Suite) async throws {
        _ = try await waitFor("the middle of the run", within: .seconds(90), every: .milliseconds(20)) {
            let seen = try await suite.count("select count(*) from directory.users")
            return seen > Self.people / 10 ? true : nil
        }
        suite[service].kill()
        let seen = try await suite.count("select count(*) from directory.users")
        #expect(seen < Self.people, "the run was over before \(service.rawValue) was killed")
        try suite[service].start()
        try await suite.waitUntilReady(service)
    }

    private func expectEveryChangePublishedAndApplied(in suite: Suite) async throws {
        let changes = try await suite.messages(on: TopicCatalogue.directoryChanges)
        var published: Set<UserID> = []
        for message in changes { published.formUnion(try message.decode(DirectoryChanges.self).users.map(\.id)) }
        #expect(published.count == Self.people)
        let applied = try await waitFor("the verifier's principals") {
            let count = try await suite.count("select count(*) from verifier.principals")
            return count >= Self.people ? count : nil
        }
        #expect(applied == Self.people)
    }
}
