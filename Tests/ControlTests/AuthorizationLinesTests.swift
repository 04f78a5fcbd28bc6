import ArgumentParser
import Runtime
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(5))) struct AuthorizationLinesTests {
    private static let idp = "0198c0de-0000-7000-8000-000000000001"
    private static let grant = "0198c0de-0000-7000-8000-000000000002"

    @Test("how an authorization stands is said with what keeps it from going on, and what to do")
    func lines() {
        let trouble: JSON = .object([
            "reason": .string("WeCom does not accept calls."), "whatToDo": .string("Add the address."),
            "whoActs": .string("enterpriseAdministrator"),
        ])
        let authorization: JSON = .object([
            "state": .string("authorized"), "corpID": .string("ww1"), "corpName": .string("Acme"),
            "url": .string("https://q"),
            "grants": .array([
                .object([
                    "id": .string(Self.grant), "state": .string("inTrouble"), "since": .string("yesterday"),
                    "corpID": .string("ww2"), "trouble": trouble,
                ]),
                .object([
                    "id": .string(Self.idp), "state": .string("ended"), "since": .string("today"),
                    "reason": .string("Ann ended it."),
                ]),
            ]),
            "suiteTicket": .object(["isGood": .boolean(false)]),
        ])
        #expect(
            AuthorizationLines.of(authorization) == [
                "state: authorized, enterprise ww1 (Acme)", "to be scanned: https://q",
                "grant \(Self.grant) inTrouble since yesterday, enterprise ww2", "  WeCom does not accept calls.",
                "  Add the address.", "grant \(Self.idp) ended since today", "  Ann ended it.",
                "The suite ticket is older than 30 minutes, or never came: nobody can authorize.",
            ]
        )
    }

    @Test("decisions name an identity provider and a grant", arguments: ["confirm", "decline", "end"])
    func decisions(verb: String) throws {
        let command = try Control.parseAsRoot(["authorization", verb, "--idp", Self.idp, "--grant", Self.grant])
        #expect((command as? any GrantCommand)?.grant == Self.grant)
        for arguments in [["--idp", Self.idp], ["--idp", "x", "--grant", Self.grant]] {
            #expect(throws: (any Error).self) { try Control.parseAsRoot(["authorization", verb] + arguments) }
        }
    }
}
