import Foundation

/// Lines for people: what was measured, and what it came to.
struct Table {
    private var lines: [(what: String, value: String)] = []

    mutating func add(_ what: String, _ value: String) { lines.append((what, value)) }

    /// A line for a number with its unit; `–` where it could not be had.
    mutating func add(_ what: String, _ value: Double?, _ unit: String = "", places: Int = 2) {
        guard let value, value.isFinite else { return add(what, "–") }
        add(what, String(format: "%.\(places)f", value) + (unit.isEmpty ? "" : " " + unit))
    }

    /// All lines, the values in a column.
    var text: String {
        let width = (lines.map(\.what.count).max() ?? 0) + 3
        return lines.map { "  " + $0.what.padding(toLength: width, withPad: " ", startingAt: 0) + $0.value }
            .joined(separator: "\n")
    }
}

/// Says something to the person at the terminal; results go to standard output.
func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// A measurement that is none, since what was measured did not do what it should.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
