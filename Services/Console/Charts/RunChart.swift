import Web

/// What runs brought over time, as a drawing: how many people there were, and how many changed.
struct RunChart: Sendable {
    /// One run, as it is drawn.
    struct Bar: Equatable, Sendable {
        /// How many people there were; nil of a run that did not look at all of them.
        let people: Int?
        let created: Int
        let updated: Int
        let removed: Int
        let when: Moment

        var changed: Int { created + updated + removed }
    }

    /// The drawing with what pages write around it, as text in a drawing is too small on a telephone.
    struct Figure: Sendable {
        let svg: String
        /// How much the highest bar and the highest point stand for.
        let changes: String
        let people: String
        let from: Moment?
        let to: Moment?
    }

    private static let (width, height, foot, head) = (640.0, 170.0, 6.0, 6.0)

    /// Few runs are no reason for bars as wide as a page.
    private static let widest = 36.0

    let bars: [Bar]
    private let texts: Texts

    /// - Parameter runs: Newest first; those are drawn that are over and read all people, or changed somebody.
    /// - Returns: Nil with fewer than two of them: a single bar tells nothing.
    init?(_ runs: [Run], _ texts: Texts) {
        bars = runs.filter { !$0.dryRun && $0.finishedAt != nil }
            .map { run in
                let users = run.counts.users
                return Bar(
                    people: run.hasSeenEverybody ? users.seen : nil,
                    created: users.created,
                    updated: users.updated,
                    removed: users.removed,
                    when: Moment(run.finishedAt ?? run.requestedAt)
                )
            }
            .filter { $0.people != nil || $0.changed > 0 }
            .reversed()
        self.texts = texts
        guard bars.count > 1 else { return nil }
    }

    private var most: Int { max(bars.map(\.changed).max() ?? 0, 1) }
    private var crowd: Int { max(bars.compactMap(\.people).max() ?? 0, 1) }

    /// The drawing, its scales and its first and last time.
    var figure: Figure {
        Figure(
            svg: svg,
            changes: texts["chart.changes", ["count": texts.number(most)]],
            people: texts["chart.people", ["count": texts.number(crowd)]],
            from: bars.first?.when,
            to: bars.last?.when
        )
    }

    /// The drawing: one element, without scripts and styles of its own.
    var svg: String {
        let (most, crowd) = (self.most, self.crowd)
        let step = Self.width / Double(bars.count)
        var parts = [line(at: Self.height - Self.foot), line(at: Self.head)]
        for (index, bar) in bars.enumerated() {
            parts += stack(bar, at: Double(index) * step, step, most)
        }
        let points = bars.enumerated().compactMap { index, bar in
            bar.people.map { ((Double(index) + 0.5) * step, y(Double($0) / Double(crowd))) }
        }
        let path = points.map { point($0.0, $0.1) }.joined(separator: " ")
        parts.append("<polyline class=\"chart-people\" fill=\"none\" points=\"\(path)\"/>")
        parts += points.map { "<circle class=\"chart-point\" cx=\"\(text($0))\" cy=\"\(text($1))\" r=\"3\"/>" }
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
            bar.people == nil ? "chart.barOfSome" : "chart.bar",
            [
                "when": bar.when.shown, "people": texts.number(bar.people ?? 0),
                "created": texts.number(bar.created), "updated": texts.number(bar.updated),
                "removed": texts.number(bar.removed),
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

    private func line(at y: Double) -> String {
        "<line class=\"chart-axis\" x1=\"0\" x2=\"\(Int(Self.width))\" y1=\"\(text(y))\" y2=\"\(text(y))\"/>"
    }

    /// The height of a share of the whole.
    private func y(_ share: Double) -> Double {
        Self.height - Self.foot - share * (Self.height - Self.foot - Self.head)
    }

    private func point(_ x: Double, _ y: Double) -> String { "\(text(x)),\(text(y))" }

    /// A number with one decimal, which is as fine as anybody sees.
    private func text(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }
}

extension Run {
    /// Whether its count of people seen is that of all people.
    fileprivate var hasSeenEverybody: Bool { ["full", "repair"].contains(kind) && outcome != .failed }
}
