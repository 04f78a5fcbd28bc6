/// The small tenants' times with and without a giant.
struct TenantSummary {
    private static let tail = 0.99

    let load: TenantLoad
    let giant: Int
    let alone: TenantFigures
    /// Nil where there is no giant.
    let beside: TenantFigures?

    /// One line of JSON.
    var json: Figure {
        .object([
            ("tenants", .count(load.tenants)),
            ("users_each", .count(load.users)),
            ("giant_users", .count(giant)),
            ("alone", Self.json(alone.small)),
            ("beside", Self.json(beside?.small ?? [])),
            ("ratio_p99", .number(tailRatio, places: 3)),
            ("giant_s", .number(beside?.giant, places: 3)),
            ("meanwhile", Self.json(beside?.smallMeanwhile ?? [])),
            ("meanwhile_tenants", .count(beside?.smallMeanwhile.count)),
            (
                "cpu_ms_per_run",
                .object(SuiteUsage.participants.map { ($0, .number(milliseconds(of: $0), places: 1)) })
            ),
            ("rss_mb", .object(SuiteUsage.serviceNames.map { ($0, .number(alone.peaks[$0], places: 1)) })),
        ])
    }

    private static func json(_ seconds: [Double]) -> Figure {
        .object([
            ("median_s", .number(seconds.median, places: 3)),
            ("p99_s", .number(seconds.percentile(tail), places: 3)),
        ])
    }

    /// A table for people.
    var table: String {
        var table = Table()
        table.add("tenants, people of each, of the giant", "\(load.tenants), \(load.users), \(giant)")
        table.add("alone, median", alone.small.median, "s", places: 3)
        table.add("alone, 99th percentile", alone.small.percentile(Self.tail), "s", places: 3)
        for name in SuiteUsage.participants {
            table.add("processor time of \(name)", milliseconds(of: name), "ms a run", places: 1)
        }
        for name in SuiteUsage.serviceNames { table.add("memory of \(name)", alone.peaks[name], "MB", places: 0) }
        if let beside { add(beside, to: &table) }
        return table.text
    }

    private func add(_ beside: TenantFigures, to table: inout Table) {
        table.add("beside the giant, median", beside.small.median, "s", places: 3)
        table.add("beside the giant, 99th percentile", beside.small.percentile(Self.tail), "s", places: 3)
        table.add("begun during its run, how many", "\(beside.smallMeanwhile.count)")
        table.add("begun during its run, median", beside.smallMeanwhile.median, "s", places: 3)
        table.add("begun during its run, 99th percentile", beside.smallMeanwhile.percentile(Self.tail), "s", places: 3)
        table.add("the giant's own run", beside.giant, "s")
        table.add("99th percentile beside times alone", tailRatio)
    }

    /// Of the small tenants alone.
    private func milliseconds(of participant: String) -> Double? {
        alone.processorSeconds[participant].map { $0 * 1_000 / Double(load.tenants) }
    }

    private var tailRatio: Double? {
        guard let alone = alone.small.percentile(Self.tail), let beside = beside?.small.percentile(Self.tail) else {
            return nil
        }
        return beside / alone
    }
}
