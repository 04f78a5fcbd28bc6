import Web

/// What runs brought over time, as a drawing: how many people there were, and how many changed.
struct RunChart: Sendable {
    /// One run, as it is drawn.
    struct Bar: Equatable, Sendable {
        let people: Int
        let created: Int
        let updated: Int
        let removed: Int
        let when: Moment

        var changed: Int { created + updated + removed }
    }

    private static let (width, height, foot, head) = (640.0, 180.0, 24.0, 12.0)

    /// Few runs are no reason for bars as wide as a page.
    private static let widest = 36.0

    let bars: [Bar]
    private let texts: Texts

    /// - Parameter runs: Newest first; those that are over and read people are drawn.
    /// - Returns: Nil with fewer than two of them: a single bar tells nothing.
    init?(_ runs: [Run], _ texts: Texts) {
        bars = runs.filter { $0.kind == "full" && !$0.dryRun && $0.finishedAt != nil && $0.outcome != .failed }
            .reversed()
            .map { run in
                let users = run.counts.users
                return Bar(
                    people: users.seen,
                    created: users.created,
                    updated: users.updated,
                    removed: users.removed,
                    when: Moment(run.finishedAt ?? run.requestedAt)
                )
            }
        self.texts = texts
        guard bars.count > 1 else { return nil }
    }

    /// The drawing: one element, without scripts and styles of its own.
    var svg: String {
        let most = max(bars.map(\.changed).max() ?? 0, 1)
        let crowd = max(bars.map(\.people).max() ?? 0, 1)
        let step = Self.width / Double(bars.count)
        var parts = [axis]
        for (index, bar) in bars.enumerated() {
            parts += stack(bar, at: Double(index) * step, step, most)
        }
        let line = bars.enumerated().map { index, bar in
            point((Double(index) + 0.5) * step, y(Double(bar.people) / Double(crowd)))
        }
        parts.append("<polyline class=\"chart-people\" fill=\"none\" points=\"\(line.joined(separator: " "))\"/>")
        parts += labels
        let name = texts["chart.name"].htmlEscaped
        return """
            <svg class="chart" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(name)">\
            \(parts.joined())</svg>
            """
    }

    private func stack(_ bar: Bar, at left: Double, _ step: Double, _ most: Int) -> [String] {
        var (parts, below): ([String], Double) = ([], 0)
        let width = min(step * 0.6, Self.widest)
        let title = texts[
            "chart.bar",
            [
                "when": bar.when.shown, "people": texts.number(bar.people), "created": texts.number(bar.created),
                "updated": texts.number(bar.updated), "removed": texts.number(bar.removed),
            ]
        ].htmlEscaped
        for (kind, count) in [("created", bar.created), ("updated", bar.updated), ("removed", bar.removed)]
        where count > 0 {
            let share = Double(count) / Double(most)
            let (top, bottom) = (y(below + share), y(below))
            parts.append(
                """
                <rect class="chart-\(kind)" x="\(text(left + (step - width) / 2))" y="\(text(top))" \
                width="\(text(width))" height="\(text(max(bottom - top, 1)))"/>
                """
            )
            below += share
        }
        return ["<g><title>\(title)</title>"] + parts + ["</g>"]
    }

    private var axis: String {
        let y = text(Self.height - Self.foot)
        return "<line class=\"chart-axis\" x1=\"0\" x2=\"\(Int(Self.width))\" y1=\"\(y)\" y2=\"\(y)\"/>"
    }

    private var labels: [String] {
        guard let first = bars.first, let last = bars.last else { return [] }
        let y = text(Self.height - 6)
        return [label(first.when, at: 0, y, "start"), label(last.when, at: Int(Self.width), y, "end")]
    }

    /// A time, which the page's script tells in the browser's own zone.
    private func label(_ when: Moment, at x: Int, _ y: String, _ anchor: String) -> String {
        """
        <text class="chart-label" x="\(x)" y="\(y)" text-anchor="\(anchor)" data-time="\(when.iso.htmlEscaped)">\
        \(when.shown.htmlEscaped)</text>
        """
    }

    /// The height of a share of the whole.
    private func y(_ share: Double) -> Double {
        Self.height - Self.foot - share * (Self.height - Self.foot - Self.head)
    }

    private func point(_ x: Double, _ y: Double) -> String { "\(text(x)),\(text(y))" }

    /// A number with one decimal, which is as fine as anybody sees.
    private func text(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }
}
