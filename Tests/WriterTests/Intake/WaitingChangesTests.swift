import Messages
import Pipeline
import Postgres
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct WaitingChangesTests {
    @Test("new people and other names may wait to be published; that somebody is switched off may not")
    func urgency() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let run = RunLog.Run(source: source)
            var log = RunLog()
            try log.start(run)
            try log.append(UserBatch(page: 1, users: [person("ann"), person("bob")]), of: run)
            try log.append(UserBatch(page: 2, users: [person("bob", name: "Bob")]), of: run)
            try log.append(UserBatch(page: 3, users: [person("ann", status: .disabled)]), of: run)
            try await world.assignedIntake().read(log, by: 1)
            let kinds = try await world.changes(of: source).flatMap(\.users).map(\.kind)
            #expect(kinds == [.created, .created, .updated, .disabled])
            let canWait = try await world.database.run(
                "select can_wait from directory.outbox where topic like '%directory.changes.v1' order by id"
            )
            #expect(try canWait.decode(Bool.self) == [true, true, false])
        }
    }
}
