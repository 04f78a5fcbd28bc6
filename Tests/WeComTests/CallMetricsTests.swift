import Testing

@testable import WeCom

@Suite struct CallMetricsTests {
    @Test(
        "the outcome of a call is WeCom's code if that is known, so that no answer makes a series of its own",
        arguments: [
            (WeComError.Cause.api(60020), "60020"), (.api(-1), "-1"), (.api(987_654_321), "unknown code"),
            (.status(502), "http status"), (.timeout, "timeout"), (.connection, "no connection"),
            (.incompleteBody, "unreadable"), (.missingField("userid"), "unreadable"), (.noSuiteTicket, "not called"),
        ]
    )
    func outcome(cause: WeComError.Cause, outcome: String) {
        #expect(CallMetrics.outcome(of: WeComError(cause, path: "user/list")) == outcome)
    }
}
