import Testing

@testable import Demo

@Suite struct DemoResultTests {
    typealias Change = @Sendable (inout DemoResult) -> Void

    private static let changes: [(Change, String)] = [
        ({ $0.users = 7 }, "users is 7, and should be 5000"),
        ({ $0.departments = 7 }, "departments is 7, and should be 100"),
        ({ $0.directoryUsers = 7 }, "directoryUsers is 7, and should be 4975"),
        ({ $0.differences = 7 }, "differences is 7, and should be 0"),
        ({ $0.updated = 7 }, "updated is 7, and should be 50"),
        ({ $0.disabled = 7 }, "disabled is 7, and should be 25"),
        ({ $0.logon = "user_unknown" }, "logon is user_unknown, and should be succeeded"),
        ({ $0.closedLogon = "user_unknown" }, "closedLogon is user_unknown, and should be idp_closed"),
        ({ $0.firstRun = "user_unknown" }, "the first run is user_unknown, and should be succeeded"),
        ({ $0.secondRun = "user_unknown" }, "the second run is user_unknown, and should be succeeded"),
    ]

    private let promised = DemoResult.promised(users: 5_000, departments: 100, updated: 50, removed: 25)

    @Test("a result in which every figure is as promised has no shortcoming")
    func asPromised() {
        #expect(promised.shortcomings(against: promised).isEmpty)
        #expect(promised.directoryUsers == 4_975)
        #expect(promised.disabled == 25)
    }

    @Test("the line of JSON has the figures in the order in which the demo comes to them")
    func line() {
        #expect(
            promised.json == #"{"users":5000,"departments":100,"directoryUsers":4975,"differences":0,"updated":50,"#
                + #""disabled":25,"logon":"succeeded","closedLogon":"idp_closed"}"#
        )
    }

    @Test(
        "a figure that is not as promised is told, with what was found and what should be",
        arguments: changes
    )
    func told(_ change: Change, _ told: String) {
        var result = promised
        change(&result)
        #expect(result.shortcomings(against: promised).map(\.description) == [told])
    }

    @Test("a demo that found nothing has every figure for a shortcoming")
    func nothing() { #expect(DemoResult().shortcomings(against: promised).count == 10) }
}
