import Testing

@testable import WeCom

@Suite("Error reactions", .timeLimit(.minutes(5)))
struct ErrorReactionTests {
    /// Every code of wecom.md §5 that a reading client can get.
    static let expected: [Reaction: [Int]] = [
        .retry: [-1, 6000],
        .pause: [45009],
        .lowerConcurrency: [45033],
        .split: [45029],
        .restartPaging: [50100],
        .renewToken: [40014, 40082, 42001, 42009],
        .awaitTicket: [40085],
        .reauthorize: [40077, 40078, 42007],
        .login: [40029, 40073, 42003, 42022, 84014, 84015],
        .skip: [
            40003, 40066, 40068, 40125, 43004, 46004, 50002, 60003, 60004, 60011, 60021, 60111, 60123, 60124, 60136,
            81011, 81013, 301_021, 660_003, 660_004, 660_005,
        ],
        .stop: [
            40001, 40013, 40056, 40080, 40083, 40084, 40091, 40133, 40134, 40135, 40136, 40137, 40138, 40139, 40140,
            40141, 43009, 43012, 45031, 48001, 48002, 48003, 48004, 48005, 48006, 48008, 48009, 50001, 50003, 50006,
            60020, 60031, 60246, 85005, 301_007, 301_042, 701_008, 701_016, 701_099, 2_000_002,
        ],
        .bug: [
            40031, 40032, 40035, 40058, 40063, 40086, 40093, 41001, 41002, 41004, 41008, 41009, 41011, 41017, 41021,
            41022, 41023, 41024, 41025, 47001, 60221, 84025, 301_002, 301_025,
        ],
    ]

    @Test("every documented code has its reaction", arguments: Reaction.allCases)
    func reactions(reaction: Reaction) {
        for code in Self.expected[reaction] ?? [] {
            #expect(ErrorReactions.of(code).reaction == reaction, "\(code)")
        }
    }

    @Test("the table holds each code once and nothing else")
    func unique() {
        let codes = ErrorReactions.all.compactMap(\.code)
        #expect(Set(codes).count == codes.count)
        #expect(Set(codes) == Set(Self.expected.values.joined()))
    }

    @Test("every row has a sentence and a fix")
    func words() {
        for row in ErrorReactions.all {
            #expect(row.sentence.count > 10 && row.fix.count > 5, "\(row)")
            #expect(!row.sentence.hasSuffix(".") && !row.fix.hasSuffix("."), "\(row)")
        }
    }

    @Test("an unknown code stops the run and is named")
    func unknown() {
        let row = ErrorReactions.of(123_456)
        #expect(row.reaction == .stop)
        #expect(row.sentence.contains("123456"))
    }

    @Test("a withdrawn authorization is told from other stops")
    func lost() {
        #expect([40084, 48004].allSatisfy(ErrorReactions.meansAuthorizationLost))
        #expect(![40001, 60020, 50003].contains(where: ErrorReactions.meansAuthorizationLost))
    }

    @Test("few codes speak of the very object, and the others of nothing")
    func absence() {
        #expect(ErrorReactions.absence(ofPersonBy: 60111) == .gone)
        #expect(ErrorReactions.absence(ofPersonBy: 60011) == .outside)
        #expect([60003, 60123].allSatisfy { ErrorReactions.absence(ofDepartmentBy: $0) == .gone })
        #expect(ErrorReactions.absence(ofDepartmentBy: 60011) == .outside)
        let others = Set(ErrorReactions.all.compactMap(\.code)).subtracting([60111, 60011, 60003, 60123])
        #expect(others.allSatisfy { ErrorReactions.absence(ofPersonBy: $0) == nil })
        #expect(others.union([60111]).allSatisfy { ErrorReactions.absence(ofDepartmentBy: $0) == nil })
    }

    @Test("an app that may not ask is told from an authorization that is lost")
    func forbidden() {
        #expect([48001, 48002, 48009].allSatisfy(ErrorReactions.forbidsAsking))
        #expect(![48003, 48004, 60011, 60111, 45009, 40001].contains(where: ErrorReactions.forbidsAsking))
    }

    @Test("failures on the way are retried, wrong addresses and strange answers are not")
    func transport() {
        let table: [(WeComError.Cause, Reaction)] = [
            (.status(502), .retry), (.status(503), .retry), (.status(429), .retry), (.status(404), .stop),
            (.incompleteBody, .retry), (.timeout, .retry), (.connection, .retry), (.bodyTooLarge(limit: 1), .split),
            (.missingField("x"), .stop), (.noSuiteTicket, .awaitTicket), (.budgetSpent, .pause),
        ]
        for (cause, reaction) in table {
            #expect(WeComError(cause, path: "p").reaction == reaction, "\(cause)")
        }
    }

    @Test("a token refused after its renewal is a fault of ours")
    func renewedInVain() {
        var error = WeComError(.api(40014), path: "p")
        #expect(error.reaction == .renewToken)
        error.wasRenewed = true
        #expect(error.reaction == .bug)
    }

    @Test("the caller's address is read from the message")
    func address() {
        let message = "not allow to access from your ip, hint: [1], from ip: 9.30.0.138, more info at https://x"
        #expect(WeComError(.api(60020), path: "p", message: message).callerAddress == "9.30.0.138")
        #expect(WeComError(.api(60020), path: "p", message: "no").callerAddress == nil)
    }
}
