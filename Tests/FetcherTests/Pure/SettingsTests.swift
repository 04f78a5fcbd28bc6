import Runtime
import Testing
import WeCom

@testable import Fetcher

/// How settings fit together.
struct SettingsTests {
    private func settings(_ changes: [String: String]) throws -> FetcherSettings {
        let environment = [
            "DATABASE_URL": "postgresql://user:password@localhost/database",
            "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092",
            "SEALING_KEYS": "1:\(String(repeating: "A", count: 43))=",
        ]
        return try FetcherSettings(Environment(environment.merging(changes) { $1 }))
    }

    @Test("how long a call to WeCom may take can be set, from a second to a minute")
    func callTime() throws {
        #expect(try settings([:]).callTime == .seconds(30))
        #expect(try settings(["WECOM_CALL_SECONDS": "2.5"]).callTime == .milliseconds(2_500))
        for wrong in ["0", "61", "soon"] {
            #expect(throws: (any Error).self) { try settings(["WECOM_CALL_SECONDS": wrong]) }
        }
    }

    @Test(
        "others wait for as long as the one call may last that tries whether WeCom answers",
        arguments: [1, 30, 31, 60]
    )
    func waitsOutlastCall(seconds: Int) throws {
        let session = try settings(["WECOM_CALL_SECONDS": "\(seconds)"]).session
        #expect(shortest(session.silentRetries, session.backoff) >= .seconds(seconds))
    }

    /// How long so many waits last at least.
    private func shortest(_ waits: Int, _ backoff: Backoff) -> Duration {
        var longest = backoff
        longest.jitter = 0
        return (1...waits).map { longest.delay(attempt: $0) * (1 - backoff.jitter) }.reduce(.zero, +)
    }

    @Test(
        "the repetitions of a call outlast the time for which a WeCom that does not answer is left alone",
        arguments: ["0.5", "0.02", "3"]
    )
    func repetitionsOutlastSilence(seconds: String) throws {
        let settings = try settings(["WECOM_RETRY_SECONDS": seconds]).session
        #expect(shortest(settings.transportRetries, settings.backoff) > settings.silence)
    }
}
