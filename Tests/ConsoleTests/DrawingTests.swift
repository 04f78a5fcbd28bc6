import Foundation
import Testing
import Web

@testable import Console

/// What is worked out for pages: the tree of departments, the chart of runs, and the word on whether it works.
@Suite
struct DrawingTests {
    private func tree(_ entries: [(Int, Int?, Int?)]) -> DepartmentTree {
        DepartmentTree(entries.map { .init(id: $0.0, parentID: $0.1, name: "d\($0.0)", people: $0.2) }, isLive: true)
    }

    @Test("a tree is told from the top down, whatever the order it came in")
    func order() {
        let nodes = tree([(3, 2, 1), (2, 1, 2), (4, 1, 4), (1, nil, 8)]).nodes
        #expect(nodes.map(\.id) == [1, 2, 3, 4])
        #expect(nodes.map(\.depth) == [0, 1, 2, 1])
        #expect(nodes.map(\.people) == [15, 3, 1, 4])
    }

    @Test("departments below themselves, and those whose parent is not seen, are shown all the same")
    func rings() {
        let nodes = tree([(1, 2, 1), (2, 1, 1), (5, 99, nil), (6, 6, 1)]).nodes
        #expect(Set(nodes.map(\.id)) == [1, 2, 5, 6])
        #expect(nodes.first { $0.id == 5 }?.people == nil)
    }

    @Test("a chart has a bar for each run, and says in words what it shows")
    func chart() throws {
        let texts = try #require(try Texts.load()[.english])
        let runs = try (1...3).map { try Sample.run(outcome: "succeeded", people: $0 * 100, created: $0) }
        let svg = try #require(RunChart(runs, texts)).svg
        #expect(svg.matches(of: /<rect class="chart-created"/).count == 3)
        #expect(svg.contains("role=\"img\"") && svg.contains("<title>") && !svg.contains("style="))
        #expect(!svg.contains("nan") && !svg.contains("inf"))
        #expect(RunChart([runs[0]], texts) == nil)
    }

    @Test("a chart has what approvals removed, and draws people only where all of them were seen")
    func approvals() throws {
        let texts = try #require(try Texts.load()[.english])
        let runs = [try Sample.approval(), try Sample.run(outcome: "succeeded"), try Sample.run(outcome: "succeeded")]
        let figure = try #require(RunChart(runs, texts)).figure
        #expect(figure.svg.matches(of: /<rect class="chart-removed"/).count == 3)
        #expect(figure.svg.matches(of: /<circle class="chart-point"/).count == 2)
        #expect(figure.changes == "Bars: people changed, up to 40" && figure.people == "Line: people seen, up to 100")
    }

    @Test("what stands in a page or a drawing is escaped, also before a mark that joins it")
    func escaping() {
        #expect(
            "\"\u{301}<\u{338}'\u{200D}&\u{FE0F}".htmlEscaped == "&quot;\u{301}&lt;\u{338}&#39;\u{200D}&amp;\u{FE0F}"
        )
        #expect("好 é 👩‍👧".htmlEscaped == "好 é 👩‍👧")
        #expect("<a b='c' d=\"e\">&".htmlEscaped == "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;")
    }

    @Test("one word says how an identity provider stands")
    func health() throws {
        let good = try Sample.run(outcome: "succeeded")
        #expect(Health(of: try Sample.provider(), lastRun: good) == .working)
        #expect(Health(of: try Sample.provider(), lastRun: nil) == .waiting)
        #expect(Health(of: try Sample.provider(), lastRun: try Sample.run(outcome: "failed")) == .failing)
        #expect(Health(of: try Sample.provider(), lastRun: try Sample.run(outcome: "held")) == .held)
        #expect(Health(of: try Sample.provider(), lastRun: try Sample.run(outcome: nil)) == .starting)
        #expect(Health(of: try Sample.provider(status: "closed"), lastRun: good) == .closed)
        #expect(Health(of: try Sample.provider(authorization: "revoked"), lastRun: good) == .disconnected)
        #expect(Health(of: try Sample.provider(authorization: "pending"), lastRun: nil) == .unconnected)
    }

    @Test("a failed run is told by the newest that ended, not by one under way")
    func standing() throws {
        let runs = [
            try Sample.run(outcome: nil), try Sample.run(outcome: "cancelled"), try Sample.run(outcome: "failed"),
            try Sample.run(outcome: "succeeded"),
        ]
        #expect(Standing(runs: runs, summary: nil).lastRun?.outcome == .failed)
    }
}
