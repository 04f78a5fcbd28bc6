/// A page of the console, and how long its visits took.
struct PageVisits: Sendable {
    /// What a page may take of 95 visits in a hundred, in seconds.
    static let limit = 0.1

    let name: String
    let seconds: [Double]
    /// Of the last visit.
    let bytes: Int

    var isWithinLimit: Bool { (seconds.percentile(0.95) ?? .infinity) < Self.limit }
}

/// All pages, side by side.
struct PageSummary {
    let people: Int
    let departments: Int
    let runs: Int
    let pages: [PageVisits]

    /// One line of JSON.
    var json: Figure {
        .object([
            ("people", .count(people)), ("departments", .count(departments)), ("runs", .count(runs)),
            ("limit_ms", .number(PageVisits.limit * 1_000, places: 0)),
            ("slowest_p95_ms", .number(slowest.map { $0 * 1_000 }, places: 1)),
            ("pages_over_limit", .count(pages.count { !$0.isWithinLimit })),
            ("pages", .array(pages.map(Self.json))),
        ])
    }

    private var slowest: Double? { pages.compactMap { $0.seconds.percentile(0.95) }.max() }

    private static func json(_ page: PageVisits) -> Figure {
        .object([
            ("page", .text(page.name)),
            ("p50_ms", .number(page.seconds.median.map { $0 * 1_000 }, places: 1)),
            ("p95_ms", .number(page.seconds.percentile(0.95).map { $0 * 1_000 }, places: 1)),
            ("p99_ms", .number(page.seconds.percentile(0.99).map { $0 * 1_000 }, places: 1)),
            ("kilobytes", .number(Double(page.bytes) / 1_000, places: 0)),
        ])
    }

    /// A table for people.
    var table: String {
        var table = Table()
        for page in pages {
            table.add(page.name, page.seconds.percentile(0.95).map { $0 * 1_000 }, "ms", places: 1)
        }
        return table.text
    }
}
