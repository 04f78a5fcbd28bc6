import Kafka
import Messages
import Pipeline
import Postgres
import Testing
import WeCom

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct FailureTests {
    private struct Surprise: Error {}

    @Test("only what database, brokers and others' work do not explain counts as this program's failure")
    func ours() {
        #expect(RunAttendance.isOurs(Surprise()))
        let others: [any Error] = [
            PostgresError(.decodingFailure, "x"), LeaseLost(), CancellationError(), RunMustWait(code: 45009),
            Heartbeat.RunCancelled(), WeComUnreachable(WeComError(.timeout, path: "user/list")),
        ]
        #expect(!others.contains(where: RunAttendance.isOurs))
    }
}
