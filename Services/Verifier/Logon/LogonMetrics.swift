import BackgroundWork
import Metrics
import Postgres

/// What is counted of logons: `logons_total` by outcome, `sessions_ended_total` by reason, and how many sessions are open.
enum LogonMetrics {
    static func succeeded() { successes.increment() }

    /// Made once, as that looks it up by its text.
    private static let successes = logons("succeeded")

    /// - Parameter reason: A ``LogonReason`` by its stable name.
    static func refused(_ reason: String) { logons(reason).increment() }

    static func ended(_ sessions: Int, because reason: SessionStore.End) {
        self.sessions(reason).increment(by: sessions)
    }

    /// Shows every outcome from the start, so that the first of its kind is seen as growth.
    static func show() {
        for outcome in ["succeeded"] + LogonReason.allCases.map(\.rawValue) { logons(outcome).increment(by: 0) }
        for reason in SessionStore.End.allCases { sessions(reason).increment(by: 0) }
        Counter(label: "verifier.gaps").increment(by: 0)
    }

    static let figures = [
        DatabaseFigures.Figure(
            "sessions",
            by: "state",
            values: ["open"],
            "select 'open', count(*) from verifier.sessions where ended_at is null and expires_at > now()"
        )
    ]

    private static func logons(_ outcome: String) -> Counter {
        Counter(label: "logons", dimensions: [("outcome", outcome)])
    }

    private static func sessions(_ reason: SessionStore.End) -> Counter {
        Counter(label: "sessions.ended", dimensions: [("reason", reason.rawValue)])
    }
}
