import Foundation

/// What `bench micro` found.
struct MicroReport {
    private struct Entry {
        let name: String
        let role: Contender.Role
        let nanoseconds: Double
        let megabytesPerSecond: Double

        var json: Figure {
            .object([
                ("name", .text(name)),
                ("role", .text(role.rawValue)),
                ("ns", .number(nanoseconds, places: 1)),
                ("mb_s", .number(megabytesPerSecond, places: 1)),
            ])
        }
    }

    private struct Result {
        let benchmark: String
        let unit: String
        let contenders: [Entry]
        /// How many times as long the quickest rival takes.
        let timesFaster: Double?
        /// How many times as long ours takes as copying.
        let timesLimit: Double?

        var json: Figure {
            .object([
                ("benchmark", .text(benchmark)),
                ("unit", .text(unit)),
                ("contenders", .array(contenders.map(\.json))),
                ("times_faster_than_rival", .number(timesFaster, places: 2)),
                ("times_limit", .number(timesLimit, places: 2)),
            ])
        }
    }

    private var results: [Result] = []

    mutating func add(_ contest: Contest, _ timings: [Stopwatch.Timing]) {
        func least(_ role: Contender.Role) -> Double? {
            timings.filter { $0.contender.role == role }.map(\.secondsPerGo).min()
        }
        func ratio(_ one: Double?, _ other: Double?) -> Double? {
            guard let one, let other else { return nil }
            return one / other
        }
        let entries = timings.map { timing in
            Entry(
                name: timing.contender.name,
                role: timing.contender.role,
                nanoseconds: timing.secondsPerGo / Double(contest.units) * 1e9,
                megabytesPerSecond: Double(timing.contender.bytes) / timing.secondsPerGo / 1e6
            )
        }
        results.append(
            Result(
                benchmark: contest.name,
                unit: contest.unit,
                contenders: entries,
                timesFaster: ratio(least(.rival), least(.ours)),
                timesLimit: ratio(least(.ours), least(.limit))
            )
        )
    }

    /// A table for people.
    var table: String {
        var lines = [Self.row(["benchmark", "contender", "ns", "MB/s", ""])]
        for result in results {
            for (index, entry) in result.contenders.enumerated() {
                let name = index == 0 ? result.benchmark : ""
                let numbers = [entry.nanoseconds, entry.megabytesPerSecond].map { String(format: "%.1f", $0) }
                lines.append(Self.row([name, entry.name] + numbers + [note(on: entry, in: result)]))
            }
        }
        return lines.joined(separator: "\n")
    }

    private func note(on entry: Entry, in result: Result) -> String {
        let ours = result.contenders.first { $0.role == .ours }?.nanoseconds ?? 0
        switch entry.role {
        case .ours: return "a \(result.unit)"
        case .rival where entry.nanoseconds >= ours:
            return String(format: "%.1f times as long as ours", entry.nanoseconds / ours)
        case .rival, .limit: return String(format: "ours takes %.1f times as long", ours / entry.nanoseconds)
        }
    }

    private static func row(_ columns: [String]) -> String {
        let widths = [12, 32, 12, 12, 0]
        return zip(columns, widths).enumerated().map { index, column in
            let (text, width) = column
            let space = String(repeating: " ", count: max(0, width - text.count))
            return index < 2 || index == 4 ? text + space : space + text
        }.joined(separator: "  ")
    }

    /// One line of JSON.
    var json: Figure { .object([("micro", .array(results.map(\.json)))]) }
}
