import ArgumentParser
import Foundation
import Runtime
import Testing

@testable import Control

@Suite struct SealingReportTests {
    private static let told = #"""
        {"copies":2,"rotation":{"keyID":"k2","startedAt":"2026-01-31T08:00:00Z","startedBy":"ops"},
        "secrets":[{"place":"webhooks","keyID":"k1","count":3},{"place":"webhooks","keyID":"k2","count":4},
        {"place":"callbacks","keyID":"k0","count":1}],
        "keys":[{"keyID":"k0","use":"rests","copies":0},{"keyID":"k1","use":"rests","copies":2},
        {"keyID":"k2","use":"current","copies":2},{"keyID":"k3","use":"free","copies":1}]}
        """#

    @Test("it says how many secrets remain under which key, and of each key whether it may be taken out")
    func lines() throws {
        let report = try SealingReport(JSON(parsing: Data(Self.told.utf8)))
        #expect(report.remaining(besides: "k2") == 4)
        #expect(!report.isDone("k2"))
        let lines = report.lines(of: "the registry")
        #expect(lines.first == "the registry: 2 running")
        #expect(lines.contains { $0.contains("sealed by k2, asked for by ops") && $0.hasSuffix("under way") })
        #expect(lines.contains("  webhooks: 3 sealed by k1"))
        #expect(lines.contains { $0.hasPrefix("  key k0: is lost") })
        #expect(lines.contains { $0.hasPrefix("  key k1: stays") })
        #expect(lines.contains { $0.hasPrefix("  key k3: may be taken out") })
    }

    @Test("a dry run and a look send no request for a rotation, and --dry-run needs a key")
    func arguments() throws {
        #expect(throws: (any Error).self) { try RotateKeys.parse(["--dry-run"]) }
        #expect(try RotateKeys.parse(["--to", "k2", "--dry-run"]).to == "k2")
    }

    @Test("it asks registry and verifier, waits until both are done, and tells how everything stands")
    func asks() async throws {
        let done = Self.told.replacing(
            "\"startedBy\":\"ops\"",
            with: "\"startedBy\":\"ops\",\"doneAt\":\"2026-01-31T08:00:09Z\""
        )
        let sent = try await withRegistry(done) { environment in
            let both = environment.setting([
                "VERIFIER_URL": environment.optional("REGISTRY_URL") ?? "", "VERIFIER_API_KEY": "an-operators-key",
            ])
            let reports = try await RotateKeys.parse(["--to", "k2", "--wait", "5"]).reports(both)
            #expect(reports.map(\.service) == ["the registry", "the verifier"])
            _ = try await RotateKeys.parse(["--to", "k2", "--dry-run"]).reports(both)
        }
        let rotation = "POST /api/v1/sealing/rotation {\"keyID\":\"k2\"}"
        #expect(sent.count { $0 == rotation } == 2)
        #expect(sent.count { $0.hasPrefix("GET /api/v1/sealing") } == 4)
    }
}
