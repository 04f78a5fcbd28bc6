import Runtime
import Testing
import WeCom

@testable import Fetcher

/// How settings fit together.
struct SettingsTests {
    @Test(
        "the repetitions of a call outlast the time for which a WeCom that does not answer is left alone",
        arguments: ["0.5", "0.02", "3"]
    )
    func repetitionsOutlastSilence(seconds: String) throws {
        let settings = try FetcherSettings(
            Environment([
                "DATABASE_URL": "postgresql://user:password@localhost/database",
                "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092",
                "SEALING_KEYS": "1:\(String(repeating: "A", count: 43))=",
                "WECOM_RETRY_SECONDS": seconds,
            ])
        ).session
        var longest = settings.backoff
        longest.jitter = 0
        let waits = (1...settings.transportRetries).map { longest.delay(attempt: $0) * (1 - settings.backoff.jitter) }
        #expect(waits.reduce(.zero, +) > settings.silence)
    }
}
