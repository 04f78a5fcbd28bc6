import BackgroundWork
import Postgres

/// `directory_missing` by state: what runs did not show, and of it what waits for somebody's decision.
enum MissingFigures {
    static let all = [
        DatabaseFigures.Figure(
            "directory.missing",
            by: "state",
            values: MissingObject.State.allCases.map(\.rawValue),
            "select state, count(*) from missing group by state"
        )
    ]
}
