import Foundation
import SuiteTesting
import Testing

/// One trace leads from whoever started a run to each row, and a logon names the span that wrote its person's row.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct TraceTests {
    /// The spans on the way of a run's data, each a step of the one before.
    private static let way: [(service: String, name: String)] = [
        ("idp-registry", "start run"), ("wecom-fetcher", "fetch"), ("directory-mapper", "map"),
        ("directory-writer", "write"), ("auth-verifier", "project principals"),
    ]

    @Test("a run that a request starts is one trace up to the rows, to which a logon of one of the people is linked")
    func runToLogon() async throws {
        try await Collector.run { collector, address in
            try await withSuite("trace", variables: ["OTEL_EXPORTER_OTLP_ENDPOINT": address]) { suite in
                try await follow(collector, suite)
            }
        }
    }

    private func follow(_ collector: Collector, _ suite: Suite) async throws {
        let corp = try await suite.simulator.makeCorp(users: 40, departments: 4)
        let connected = try await suite.registry.connect(
            "trace",
            to: corp,
            in: suite.simulator,
            redirectHost: suite.verifierHost
        )
        _ = try await suite.synchronize(connected)
        // Whoever is new is written by this run, so that its trace is the one that the row names.
        let person = try #require(try await suite.simulator.employees(of: corp, count: 1).first)
        _ = try await suite.logOn(person, to: connected)

        let rows = try await waitFor("a logon that names the span of its person's row") {
            let spans = collector.spans
            let callback = spans.first { !$0.links.isEmpty && $0.service == "auth-verifier" }
            return callback.flatMap { logon in
                spans.first { logon.links.contains($0.id) }.map { (logon: logon, row: $0) }
            }
        }
        #expect(rows.row.name == "project principals")

        let chain = try await waitFor("the way from the row back to its beginning") {
            Self.chain(to: rows.row, in: collector.spans)
        }
        #expect(chain.suffix(Self.way.count).map(\.name) == Self.way.map(\.name))
        #expect(chain.suffix(Self.way.count).map(\.service) == Self.way.map(\.service))
        #expect(Set(chain.map(\.trace)) == [rows.row.trace])
        #expect(
            Set(chain.dropFirst(chain.count - Self.way.count).compactMap { $0.attributes["wecombridge.run"] }).count
                == 1
        )
        print(collector.tree(of: rows.row.trace))
        print(collector.tree(of: rows.logon.trace))
        expectNothingPersonal(in: collector.spans, person)
        #expect(collector.refused == [])
    }

    /// The spans from the beginning of a trace to one of its spans; `nil` while one of them is missing.
    private static func chain(to span: Collector.Span, in spans: [Collector.Span]) -> [Collector.Span]? {
        var chain = [span]
        while let parent = chain[0].parent {
            guard let next = spans.first(where: { $0.id == parent && $0.trace == span.trace }) else { return nil }
            chain.insert(next, at: 0)
        }
        return chain
    }

    private func expectNothingPersonal(in spans: [Collector.Span], _ person: Simulator.Employee) {
        let told = spans.flatMap { [$0.name] + $0.attributes.values }
        #expect(!told.contains { $0.contains(person.userid) || $0.contains("code=") || $0.contains("access_token") })
    }
}
