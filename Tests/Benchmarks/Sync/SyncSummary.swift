/// The medians of all rounds; ratios are of values of the same round.
struct SyncSummary {
    let users: Int
    let departments: Int
    let rounds: [SyncFigures]
    /// The same rounds by 15 rules of which five are expressions; none where that was not asked for.
    let ruled: [SyncFigures]
    /// The same rounds by 15 rules without an expression.
    let direct: [SyncFigures]

    init(users: Int, departments: Int, _ figures: [SyncRules: [SyncFigures]]) {
        (self.users, self.departments) = (users, departments)
        rounds = figures[.beginning] ?? []
        ruled = figures[.expressions] ?? []
        direct = figures[.direct] ?? []
    }

    /// One line of JSON.
    var json: Figure {
        .object([
            ("users", .count(users)),
            ("departments", .count(departments)),
            ("first_s", seconds { $0.first.seconds }),
            ("noop_s", seconds { $0.unchanged }),
            ("delta_s", seconds { $0.delta }),
            ("delta_questions", .count(rounds.map(\.questions).max())),
            ("peer_first_s", seconds { $0.peer?.first }),
            ("peer_noop_s", seconds { $0.peer?.again }),
            ("copy_limit_s", seconds { $0.limit }),
            ("ratio_to_limit", seconds { $0.ratioToLimit }),
            ("ratio_to_peer", seconds { $0.ratioToPeer }),
            ("ratio_to_peer_noop", seconds { $0.ratioToPeerUnchanged }),
            ("noop_share", seconds { $0.unchangedShare }),
            (
                "cpu_us_per_user",
                .object(SuiteUsage.participants.map { ($0, .number(microseconds(of: $0, in: rounds), places: 1)) })
            ),
            ("rss_mb", .object(SuiteUsage.serviceNames.map { ($0, .number(peak(of: $0), places: 1)) })),
            ("rows_written_noop", .count(rowsWritten)),
            ("history_bytes_per_change", .number(median { $0.historyBytes }, places: 0)),
            ("ruled_first_s", .number(ruled.map(\.first.seconds).median, places: 3)),
            ("ruled_noop_s", .number(ruled.map(\.unchanged).median, places: 3)),
            ("ratio_ruled_first", .number(ratio(ruled, to: rounds) { $0.first.seconds }, places: 3)),
            ("ratio_ruled_noop", .number(ratio(ruled, to: rounds) { $0.unchanged }, places: 3)),
            ("ratio_ruled_cpu", .number(ratio(ruled, to: rounds) { $0.first.allProcessorSeconds }, places: 3)),
            ("ratio_expressions_first", .number(ratio(ruled, to: direct) { $0.first.seconds }, places: 3)),
            ("ratio_expressions_noop", .number(ratio(ruled, to: direct) { $0.unchanged }, places: 3)),
            ("ratio_expressions_cpu", .number(ratio(ruled, to: direct) { $0.first.allProcessorSeconds }, places: 3)),
            (
                "ruled_cpu_us_per_user",
                .object(SuiteUsage.participants.map { ($0, .number(microseconds(of: $0, in: ruled), places: 1)) })
            ),
        ])
    }

    /// A table for people.
    var table: String {
        var table = Table()
        table.add("people, departments, rounds", "\(users), \(departments), \(rounds.count)")
        table.add("first synchronization", median { $0.first.seconds }, "s")
        table.add("  of the plain program", median { $0.peer?.first }, "s")
        table.add("  a bare COPY of the rows", median { $0.limit }, "s")
        table.add("  times the plain program", median { $0.ratioToPeer })
        table.add("  times the bare COPY", median { $0.ratioToLimit })
        table.add("nothing changed", median { $0.unchanged }, "s")
        table.add("  of the plain program", median { $0.peer?.again }, "s")
        table.add("  times the plain program", median { $0.ratioToPeerUnchanged })
        table.add("  rows written", rowsWritten.map { "\($0)" } ?? "–")
        table.add("1% changed, 1% gone", median { $0.delta }, "s")
        table.add("  people asked for by themselves", rounds.map(\.questions).max().map { "\($0)" } ?? "–")
        table.add("history of a change", median { $0.historyBytes }, "bytes", places: 0)
        if !ruled.isEmpty { addRuled(to: &table) }
        for name in SuiteUsage.participants {
            table.add("processor time of \(name)", microseconds(of: name, in: rounds), "µs a person", places: 1)
        }
        for name in SuiteUsage.serviceNames { table.add("memory of \(name)", peak(of: name), "MB", places: 0) }
        return table.text
    }

    private func addRuled(to table: inout Table) {
        for (title, others) in [("by the first rules", rounds), ("without expressions", direct)] {
            table.add("first synchronization \(title)", others.map(\.first.seconds).median, "s")
            table.add("  by 15 rules, times that", ratio(ruled, to: others) { $0.first.seconds })
            table.add("  processor time, times that", ratio(ruled, to: others) { $0.first.allProcessorSeconds })
            table.add("nothing changed \(title)", others.map(\.unchanged).median, "s")
            table.add("  by 15 rules, times that", ratio(ruled, to: others) { $0.unchanged })
        }
        table.add("first synchronization by 15 rules", ruled.map(\.first.seconds).median, "s")
        table.add("nothing changed by 15 rules", ruled.map(\.unchanged).median, "s")
    }

    private func seconds(_ value: (SyncFigures) -> Double?) -> Figure { .number(median(value), places: 3) }

    private func median(_ value: (SyncFigures) -> Double?) -> Double? { rounds.compactMap(value).median }

    /// What some rules took by what the same round took by others.
    private func ratio(
        _ some: [SyncFigures],
        to others: [SyncFigures],
        _ value: (SyncFigures) -> Double
    ) -> Double? {
        zip(some, others).map { value($0) / value($1) }.median
    }

    private func microseconds(of participant: String, in rounds: [SyncFigures]) -> Double? {
        rounds.compactMap { $0.first.processorSeconds[participant] }.median.map { $0 * 1_000_000 / Double(users) }
    }

    private func peak(of service: String) -> Double? { median { $0.first.peaks[service] } }

    /// The most of all rounds, so that no round's rows are lost in a median.
    private var rowsWritten: Int? {
        let known = rounds.compactMap(\.rowsWritten)
        return known.count == rounds.count ? known.max() : nil
    }
}
