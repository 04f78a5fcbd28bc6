import Foundation

/// All sizes side by side, and how fast the time grows with them.
struct ScaleSummary {
    let sizes: [ScaleFigures]

    /// One line of JSON.
    var json: Figure {
        .object([
            ("sizes", .array(sizes.map(Self.json))),
            ("slope", .number(slope, places: 3)),
            ("seconds_ratio_100k_1m", .number(ratio { $0.first.seconds }, places: 3)),
            (
                "rss_ratio_100k_1m",
                .object(
                    SuiteUsage.serviceNames.map { name in
                        (name, .number(ratio { $0.first.peaks[name] }, places: 3))
                    }
                )
            ),
        ])
    }

    private static func json(_ size: ScaleFigures) -> Figure {
        .object([
            ("users", .count(size.users)),
            ("departments", .count(size.departments)),
            ("seconds", .number(size.first.seconds, places: 3)),
            (
                "rss_mb",
                .object(SuiteUsage.serviceNames.map { ($0, .number(size.first.peaks[$0], places: 1)) })
            ),
            (
                "cpu_s",
                .object(
                    SuiteUsage.participants.map { ($0, .number(size.first.processorSeconds[$0], places: 2)) }
                )
            ),
            ("database_mb", .number(size.databaseMegabytes, places: 1)),
            (
                "rows_by_partition",
                .object(size.partitions.map { ($0.name, .array($0.rows.map { Figure.count($0) })) })
            ),
        ])
    }

    /// A table for people.
    var table: String {
        var table = Table()
        for size in sizes {
            table.add("\(size.users) people in \(size.departments) departments", size.first.seconds, "s")
            for name in SuiteUsage.serviceNames {
                table.add("  memory of \(name)", size.first.peaks[name], "MB", places: 0)
            }
            for name in SuiteUsage.participants {
                table.add("  processor time of \(name)", size.first.processorSeconds[name], "s", places: 1)
            }
            table.add("  database", size.databaseMegabytes, "MB", places: 0)
            for partitioned in size.partitions {
                let rows = partitioned.rows.map(String.init).joined(separator: " ")
                table.add("  \(partitioned.name) in \(partitioned.rows.count) partitions, rows of each", rows)
            }
        }
        table.add("the time grows with people to the power of", slope)
        table.add("1,000,000 people take times 100,000", ratio { $0.first.seconds })
        return table.text
    }

    /// The exponent of a power law, fitted by least squares to the logarithms; 1 is exactly in proportion.
    private var slope: Double? {
        let points = sizes.map { (x: log(Double($0.users)), y: log($0.first.seconds)) }
        let count = Double(points.count)
        let x = points.reduce(0) { $0 + $1.x } / count
        let y = points.reduce(0) { $0 + $1.y } / count
        let spread = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
        guard spread > 0 else { return nil }
        return points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / spread
    }

    /// A value at 1,000,000 people by that at 100,000; `nil` unless both were measured.
    private func ratio(_ value: (ScaleFigures) -> Double?) -> Double? {
        guard let small = sizes.first(where: { $0.users == 100_000 }).flatMap(value),
            let large = sizes.first(where: { $0.users == 1_000_000 }).flatMap(value)
        else { return nil }
        return large / small
    }
}
