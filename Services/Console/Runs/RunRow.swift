import FoundationEssentials

/// A run in a list: its figures are of people alone, as the number of those that it saw is.
struct RunRow: Sendable {
    let path: String
    let kind: String
    let isDry: Bool
    let cause: String
    let standing: Badge
    let requestedAt: Moment
    let duration: String?
    let seen: String
    let created: String
    let updated: String
    let removed: String
    let held: String

    init(_ run: Run, _ visit: Visit) {
        let texts = visit.texts
        let people = run.counts.users
        path = "/runs/\(run.id)"
        kind = texts["run.kind_\(run.kind)"]
        isDry = run.dryRun
        cause = texts["run.cause_\(run.cause)"]
        standing = Badge(run, texts)
        requestedAt = Moment(run.requestedAt, visit)
        duration = Self.duration(run, texts)
        seen = texts.number(people.seen)
        created = texts.number(people.created)
        updated = texts.number(people.updated)
        removed = texts.number(people.removed)
        held = texts.number(people.held)
    }

    /// How long it took, once that is known.
    static func duration(_ run: Run, _ texts: Texts) -> String? {
        guard let start = run.startedAt.flatMap(date), let end = run.finishedAt.flatMap(date) else { return nil }
        let seconds = max(Int(end.timeIntervalSince(start).rounded()), 0)
        guard seconds >= 60 else { return texts["run.seconds", ["seconds": "\(seconds)"]] }
        return texts["run.minutes", ["minutes": "\(seconds / 60)", "seconds": "\(seconds % 60)"]]
    }

    private static func date(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
