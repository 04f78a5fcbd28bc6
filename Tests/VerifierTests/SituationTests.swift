import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Messages
import Testing
import WeCom

@testable import Verifier

/// Every situation of a logon: what is decided, and what the person, the client, the topic and operators are told.
@Suite
struct SituationTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let situation: LogonSituation
        let reason: LogonReason
        let status: Int
        /// What the client is told as `error`.
        var error = "access_denied"
        /// Whether a diagnosis is kept and `auth.events.v1` is told.
        var isKept = true

        var testDescription: String { name }

        init(
            _ name: String,
            _ situation: LogonSituation,
            _ reason: LogonReason,
            _ status: Int,
            error: String = "access_denied",
            isKept: Bool = true
        ) {
            self.name = name
            self.situation = situation
            self.reason = reason
            self.status = status
            self.error = error
            self.isKept = isKept
        }
    }

    private static let member = LogonSituation.Answer.identity(.member("li"))
    private static let off = DecisionTests.principal(false)
    private static let on = DecisionTests.principal(true)

    private static let ofThePass = [
        Row("not begun in this browser", LogonSituation(pass: .unknown), .stateUnknown, 400, isKept: false),
        Row("begun too long ago", LogonSituation(pass: .expired), .stateExpired, 400, isKept: false),
        Row("came back before", LogonSituation(pass: .replayed), .stateReplayed, 400, isKept: false),
        Row(
            "not begun here, with a good code",
            LogonSituation(pass: .unknown, answer: member, principal: on),
            .stateUnknown,
            400,
            isKept: false
        ),
        Row(
            "expired, though closed",
            LogonSituation(pass: .expired, obstacle: .identityProviderClosed),
            .stateExpired,
            400,
            isKept: false
        ),
        Row(
            "came back before, too many tries",
            LogonSituation(pass: .replayed, hasTooManyTries: true),
            .stateReplayed,
            400,
            isKept: false
        ),
        Row(
            "too many tries",
            LogonSituation(hasTooManyTries: true),
            .tooManyTries,
            429,
            error: "temporarily_unavailable",
            isKept: false
        ),
        Row(
            "too many tries of a person who may",
            LogonSituation(hasTooManyTries: true, answer: member, principal: on),
            .tooManyTries,
            429,
            error: "temporarily_unavailable",
            isKept: false
        ),
        Row(
            "too many tries, closed",
            LogonSituation(hasTooManyTries: true, obstacle: .identityProviderClosed),
            .tooManyTries,
            429,
            error: "temporarily_unavailable",
            isKept: false
        ),
    ]

    private static let obstacles: [(LogonReason, Int, String, Bool)] = [
        (.unknownEnterprise, 404, "access_denied", false), (.noIdentityProvider, 403, "access_denied", true),
        (.identityProviderClosed, 403, "access_denied", true), (.tenantSuspended, 403, "access_denied", true),
        (.identityProviderNotAuthorized, 403, "access_denied", true),
        (.authorizationRevoked, 403, "access_denied", true),
        (.configurationUnknown, 503, "temporarily_unavailable", true),
        (.serviceUnavailable, 503, "temporarily_unavailable", true), (.internal, 500, "server_error", true),
        (.otherTenantsClient, 403, "access_denied", true),
    ]

    private static let ofTheProvider =
        obstacles.map { reason, status, error, isKept in
            Row(
                "\(reason.rawValue) before WeCom",
                LogonSituation(obstacle: reason),
                reason,
                status,
                error: error,
                isKept: isKept
            )
        }
        + obstacles.prefix(6).map { reason, status, error, isKept in
            Row(
                "\(reason.rawValue) with a wrong schema",
                LogonSituation(obstacle: reason, isSchemaRight: false),
                reason,
                status,
                error: error,
                isKept: isKept
            )
        } + [
            Row("another schema", LogonSituation(isSchemaRight: false), .schemaMismatch, 403),
            Row(
                "another schema of a person who may",
                LogonSituation(isSchemaRight: false, answer: member, principal: on),
                .schemaMismatch,
                403
            ),
        ]

    /// WeCom's errors, as `wecom.md` §6 and §4.4 have them.
    private static let errors: [(WeComError.Cause, LogonReason, Int, String)] = [
        (.api(40029), .codeExpired, 400, "access_denied"), (.api(42022), .codeExpired, 400, "access_denied"),
        (.api(-1), .wecomUnavailable, 503, "temporarily_unavailable"),
        (.api(45009), .wecomUnavailable, 503, "temporarily_unavailable"),
        (.api(45033), .wecomUnavailable, 503, "temporarily_unavailable"),
        (.api(42001), .wecomUnavailable, 503, "temporarily_unavailable"),
        (.api(40084), .authorizationRevoked, 403, "access_denied"),
        (.api(48004), .authorizationRevoked, 403, "access_denied"),
        (.api(40001), .identityProviderNotAuthorized, 403, "access_denied"),
        (.api(60020), .identityProviderNotAuthorized, 403, "access_denied"),
        (.api(50001), .identityProviderNotAuthorized, 403, "access_denied"),
        (.api(50002), .outsideVisibleRange, 403, "access_denied"),
        (.api(60011), .outsideVisibleRange, 403, "access_denied"),
        (.api(60021), .outsideVisibleRange, 403, "access_denied"),
        (.api(60111), .outsideVisibleRange, 403, "access_denied"),
        (.status(502), .wecomUnavailable, 503, "temporarily_unavailable"),
        (.timeout, .wecomUnavailable, 503, "temporarily_unavailable"),
        (.connection, .wecomUnavailable, 503, "temporarily_unavailable"),
        (.incompleteBody, .wecomUnavailable, 503, "temporarily_unavailable"),
    ]

    private static let ofTheCode =
        errors.map { cause, reason, status, error in
            let failure = WeComError(cause, path: "auth/getuserinfo", message: "a word of WeCom's")
            return Row(
                "WeCom says \(cause)",
                LogonSituation(answer: .failed(LogonReason(failure))),
                reason,
                status,
                error: error
            )
        } + [
            Row("no code", LogonSituation(answer: LogonSituation.Answer.none), .denied, 400),
            Row(
                "no code, though known",
                LogonSituation(answer: LogonSituation.Answer.none, principal: on),
                .denied,
                400
            ),
            Row("not a member", LogonSituation(answer: .identity(.outsider)), .notAMember, 403),
            Row(
                "not a member, though known",
                LogonSituation(answer: .identity(.outsider), principal: on),
                .notAMember,
                403
            ),
            Row("another corp's", LogonSituation(answer: .identity(.member("ww1/li"))), .otherCorp, 403),
            Row(
                "another corp's, though known",
                LogonSituation(answer: .identity(.member("ww1/li")), principal: on),
                .otherCorp,
                403
            ),
        ]

    private static let ofThePerson =
        [
            Row(
                "an open one, by a client of another tenant",
                LogonSituation(obstacle: .otherTenantsClient),
                .otherTenantsClient,
                403
            ),
            Row(
                "somebody else",
                LogonSituation(answer: member, principal: on, expected: .make()),
                .otherPerson,
                403,
                error: "login_required"
            ),
            Row("unknown, outside", LogonSituation(answer: member, visibility: .outside), .outsideVisibleRange, 403),
            Row(
                "disabled, outside",
                LogonSituation(answer: member, principal: off, visibility: .outside),
                .outsideVisibleRange,
                403
            ),
            Row("disabled", LogonSituation(answer: member, principal: off, visibility: .visible), .userDisabled, 403),
            Row(
                "disabled, WeCom away",
                LogonSituation(answer: member, principal: off, visibility: .unknown),
                .userDisabled,
                403
            ),
            Row(
                "disabled, somebody else",
                LogonSituation(answer: member, principal: off, expected: .make(), visibility: .visible),
                .userDisabled,
                403
            ),
            Row(
                "disabled, held",
                LogonSituation(answer: member, principal: off, visibility: .visible, synchronization: .held),
                .userDisabled,
                403
            ),
        ]

    private static let sights: [LogonSituation.Visibility] = [.visible, .unknown]

    private static let ofTheUnknown: [Row] = sights.flatMap { (sight: LogonSituation.Visibility) -> [Row] in
        [
            Row(
                "not yet there, \(sight)",
                LogonSituation(answer: member, visibility: sight, synchronization: .open),
                .userUnknown,
                403
            ),
            Row(
                "not brought, \(sight)",
                LogonSituation(answer: member, visibility: sight, synchronization: .done),
                .userUnknown,
                403
            ),
            Row(
                "left out, \(sight)",
                LogonSituation(answer: member, visibility: sight, synchronization: .done, isScopeNarrow: true),
                .outsideScope,
                403
            ),
            Row(
                "not yet there, narrow, \(sight)",
                LogonSituation(answer: member, visibility: sight, synchronization: .open, isScopeNarrow: true),
                .userUnknown,
                403
            ),
            Row(
                "held, \(sight)",
                LogonSituation(answer: member, visibility: sight, synchronization: .held),
                .userHeld,
                403
            ),
        ]
    }

    static let rows = ofThePass + ofTheProvider + ofTheCode + ofThePerson + ofTheUnknown

    @Test("there are fifty situations at least, no two alike, and every reason is among them")
    func whole() {
        #expect(Self.rows.count >= 50)
        #expect(Set(Self.rows.map(\.name)).count == Self.rows.count)
        #expect(Set(Self.rows.map(\.reason)) == Set(LogonReason.allCases))
    }

    @Test("each situation has its reason, and the client, the topic and operators are told it", arguments: rows)
    func decided(_ row: Row) throws {
        #expect(LogonDecision.of(row.situation) == .refused(row.reason))
        #expect(row.reason.status.code == row.status)
        #expect(row.reason.isToldByIDAlone == !row.isKept)
        let request = AuthorizationRequest(
            client: "sase",
            redirectURI: "https://app.test/callback",
            scope: .all,
            state: "s",
            nonce: nil,
            challenge: nil
        )
        let links = LogonLinks(publicURL: "https://logon.test", loginURL: "", oauthURL: "")
        let back = links.refused(request, row.reason).uri
        #expect(
            back.hasPrefix("https://app.test/callback?error=\(row.error)&error_description=\(row.reason.rawValue)&")
        )

        var refusal = Refusal(row.reason, configuration: try Bench.identityProvider())
        refusal.wecom = WeComError(.api(60020), path: "user/get", message: "from ip 10.1.2.3")
        let diagnosis = Diagnosis(refusal, isKept: row.isKept)
        #expect(diagnosis.reason == row.reason.rawValue)
        #expect(diagnosis.wecom?.message == "from ip 10.1.2.3")
        #expect([diagnosis.explanation, diagnosis.fix, diagnosis.whoActs].allSatisfy { !$0.isEmpty })
        #expect((DiagnosisNumber(diagnosis.id)?.reason == row.reason) == !row.isKept)
    }

    @Test("each reason has a page in both languages, which says nothing of what operators find")
    func pages() async throws {
        let pages = try await Pages()
        for reason in LogonReason.allCases {
            var refusal = Refusal(reason, configuration: try Bench.identityProvider(), externalID: "zhangsan-id")
            refusal.wecom = WeComError(.api(60020), path: "user/get", message: "from ip 10.1.2.3")
            refusal.detail = "an inner thing"
            refusal.retryAfter = reason == .tooManyTries ? 30 : nil
            let diagnosis = Diagnosis(refusal)
            let response = try await Self.response(pages.refused(refusal, diagnosis, again: "/logon", back: nil))
            let words = reason.explanation
            #expect(response.status == reason.status)
            for text in [words.chinese, words.english, words.chineseFix, words.englishFix] {
                #expect(response.text.contains(text.replacing("'", with: "&#39;")), "\(reason)")
            }
            #expect(response.element("reason") == reason.rawValue)
            #expect(response.element("diagnosis") == diagnosis.id)
            #expect(response.headers[.retryAfter] == (reason == .tooManyTries ? "30" : nil))
            for inner in ["zhangsan-id", "10.1.2.3", "60020", "an inner thing", FakeWeCom.corpID] {
                #expect(!response.text.contains(inner), "\(reason) tells \(inner)")
            }
        }
    }

    private static func response(_ response: Response) async throws -> TestResponse {
        let router = Router(context: BasicRequestContext.self)
        router.get("/") { _, _ in response }
        return try await Application(router: router).test(.router) {
            try await $0.execute(uri: "/", method: .get) { $0 }
        }
    }
}
