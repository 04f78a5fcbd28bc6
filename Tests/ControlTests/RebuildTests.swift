import ArgumentParser
import Foundation
import Runtime
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(5))) struct RebuildTests {
    private static let idp = "0198c0de-0000-7000-8000-000000000001"
    private static let path = "/api/v1/principals/rebuild"

    private static func told(
        done: Bool = true,
        _ outcomes: String,
        _ results: String = "[]",
        trouble: String? = nil
    ) -> String {
        let end = done ? #""doneAt":"2026-01-31T08:00:09Z","# : ""
        let trouble = trouble.map { #""trouble":"\#($0)","# } ?? ""
        return #"{"switches":false,"attempt":1,"requestedAt":"2026-01-31T08:00:00Z",\#(end)\#(trouble)"#
            + #""outcomes":\#(outcomes),"results":\#(results)}"#
    }

    private static let different = #"""
        [{"identityProvider":"i1","outcome":"different","comparison":{"live":2,"rebuilt":3,"missing":1,"surplus":0,
        "changed":1,"fields":{"name":1},"people":[{"user":"u1","kind":"changed","fields":["name"]},
        {"user":"u2","kind":"missing","fields":[]}]}},
        {"identityProvider":"i2","outcome":"refused","reason":"it is gone","remedy":"tell it anew"}]
        """#

    private func report(_ text: String) throws -> RebuildReport {
        try RebuildReport(JSON(parsing: Data(text.utf8)))
    }

    @Test("what differs is told by person and field, and what was refused with what to do")
    func lines() throws {
        let different = try report(Self.told(#"{"equal":7,"different":1,"refused":2}"#, Self.different))
        #expect(
            different.lines == [
                "identity providers: 1 different, 7 equal, 2 refused", "i1: different",
                "  people: 2 in use, 3 rebuilt; 1 missing, 0 surplus, 1 changed", "  fields: name 1",
                "  u1 changed: name", "  u2 missing", "i2: refused: it is gone", "  to do: tell it anew",
                "and 1 more that are not equal",
            ]
        )
    }

    @Test("it is good where all are equal or switched, and it is done without trouble")
    func good() throws {
        #expect(try report(Self.told(#"{"equal":2,"switched":1}"#)).isGood)
        #expect(try report(Self.told("{}")).isGood)
        #expect(try !report(Self.told(#"{"equal":2,"refused":1}"#)).isGood)
        #expect(try !report(Self.told(#"{"different":1}"#)).isGood)
        #expect(try !report(Self.told(done: false, "{}")).isGood)
        let failed = try report(Self.told("{}", trouble: "it was taken back"))
        #expect(!failed.isGood)
        #expect(failed.lines == ["came to nothing: it was taken back"])
    }

    @Test("the verifier is asked for one identity provider or all, to switch only where that is said")
    func asks() async throws {
        let sent = try await withRegistry(Self.told(#"{"equal":1}"#)) { environment in
            let verifier = environment.setting([
                "VERIFIER_URL": environment.optional("REGISTRY_URL") ?? "", "VERIFIER_API_KEY": "an-operators-key",
            ])
            _ = try await RebuildPrincipals.parse([]).answer(verifier)
            _ = try await RebuildPrincipals.parse(["--idp", Self.idp.uppercased(), "--switch"]).answer(verifier)
            _ = try await RebuildPrincipals.parse(["--watch"]).answer(verifier)
        }
        #expect(
            sent == [
                "POST \(Self.path) {}", "POST \(Self.path) {\"idp\":\"\(Self.idp)\",\"switch\":true}",
                "GET \(Self.path) ",
            ]
        )
    }

    @Test(
        "what does not go together is refused before anything is sent",
        arguments: [
            ["--idp", "7"], ["--watch", "--take-back"], ["--watch", "--switch"],
            ["--take-back", "--idp", "0198c0de-0000-7000-8000-000000000001"],
        ]
    )
    func arguments(given: [String]) {
        #expect(throws: (any Error).self) { try RebuildPrincipals.parse(given) }
    }
}
