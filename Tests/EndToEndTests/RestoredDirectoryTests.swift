import Messages
import Pipeline
import SuiteTesting
import Testing

/// A directory that was restored from a backup is met by its readers (architecture.md §4, invariant 2).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct RestoredDirectoryTests {
    @Test("after the writer's database was set back, the verifier ends equal to it, and the next run to WeCom")
    func setBack() async throws {
        try await withJudgedSuite("set_back") { suite in
            let connected = try await suite.connect("restored", users: 600, departments: 20)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            try await suite.waitUntilAllIsRead()
            suite[.writer].stop()
            try await suite.backUp("directory")
            try suite[.writer].start()
            try await suite.waitUntilReady(.writer)

            for seed in 1...2 {
                _ = try await suite.simulator.change(
                    connected.corp,
                    update: 40,
                    remove: 10,
                    add: 10,
                    move: 5,
                    seed: seed
                )
                #expect(try await suite.synchronize(connected).outcome == "succeeded")
            }
            try await suite.waitUntilAllIsRead()
            try await suite.waitForPrincipals(of: connected)
            let incarnations = try await incarnations(in: suite)

            suite[.writer].stop()
            try await suite.restore("directory")
            try suite[.writer].start()
            try await suite.waitUntilReady(.writer)
            try await suite.waitUntilAllIsRead()
            try await suite.waitForPrincipals(of: connected)
            #expect(try await suite.differences(of: connected).map(\.description) == [])

            _ = try await suite.simulator.change(connected.corp, update: 40, remove: 10, add: 10, move: 5, seed: 3)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            try await suite.waitForPrincipals(of: connected)
            #expect(try await self.incarnations(in: suite).isStrictSuperset(of: incarnations))
        }
    }

    private func incarnations(in suite: Suite) async throws -> Set<Incarnation> {
        Set(
            try await suite.messages(on: TopicCatalogue.directoryChanges).map {
                try $0.decode(DirectoryChanges.self).incarnation
            }
        )
    }
}
