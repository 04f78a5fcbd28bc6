import Egress
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs DATABASE_URL"))
struct RefusedTriesTests {
    @Test("tries that are made at once, and not refused, hold up none of them")
    func atOnce() async throws {
        try await withEgressSchema { database in
            let tries = RefusedTries(database: database, schema: egressSchema)
            let address = RefusedTries.Subject("address/1", allowed: 200)
            let paused = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        var paused = 0
                        for _ in 0..<25 {
                            let subjects = [address, RefusedTries.Subject("tenant/\(number)", allowed: 10)]
                            if try await tries.begin(subjects) != nil { paused += 1 }
                            try await tries.takeBack(subjects)
                        }
                        return paused
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(paused == 0)
        }
    }
}
