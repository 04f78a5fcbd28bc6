import Messages
import Testing

@testable import Verifier

@Suite
struct DecisionTests {
    @Test(
        "an identity provider is open when it is enabled and connected",
        arguments: [
            (IdentityProviderConfiguration.Status.enabled, IdentityProviderConfiguration.Authorization.authorized, nil),
            (.closed, .authorized, LogonReason.identityProviderClosed),
            (.closed, .revoked, .identityProviderClosed),
            (.deleted, .revoked, .identityProviderClosed),
            (.enabled, .revoked, .authorizationRevoked),
            (.enabled, .pending, .identityProviderNotAuthorized),
            (.enabled, .lapsed, .identityProviderNotAuthorized),
        ]
    )
    func obstacle(
        status: IdentityProviderConfiguration.Status,
        authorization: IdentityProviderConfiguration.Authorization,
        expected: LogonReason?
    ) throws {
        let configuration = try Bench.identityProvider(status: status, authorization: authorization)
        #expect(LogonDecision.obstacle(configuration) == expected)
        #expect(LogonDecision.obstacle([configuration]) == expected)
    }

    @Test("a suspended tenant's identity providers are shut, with one reason for all of them")
    func suspended() throws {
        var (open, closed) = (try Bench.identityProvider(), try Bench.identityProvider(status: .closed))
        open.tenantStatus = .suspended
        closed.tenantStatus = .suspended
        #expect(LogonDecision.obstacle(open) == .tenantSuspended)
        #expect(LogonDecision.obstacle([open, closed]) == .tenantSuspended)
        #expect(open.isShut)
    }

    @Test("an identity provider that is said to be authorized but has no connection is not open")
    func unconnected() throws {
        var configuration = try Bench.identityProvider()
        configuration.connection = nil
        #expect(LogonDecision.obstacle(configuration) == .identityProviderNotAuthorized)
    }

    @Test("an enterprise is open when one of its identity providers is, and else gives their common reason")
    func enterprise() throws {
        let open = try Bench.identityProvider()
        let closed = try Bench.identityProvider(status: .closed)
        let pending = try Bench.identityProvider(authorization: .pending)
        #expect(LogonDecision.obstacle([]) == .unknownEnterprise)
        #expect(LogonDecision.obstacle([closed, open]) == nil)
        #expect(LogonDecision.obstacle([closed, closed]) == .identityProviderClosed)
        #expect(LogonDecision.obstacle([closed, pending]) == .noIdentityProvider)
    }

    @Test("what costs nothing is decided before anybody is asked, and WeCom before a synchronization")
    func questions() {
        typealias Row = (LogonSituation, LogonDecision.Question)
        let rows: [Row] = [
            (LogonSituation(), .answer),
            (LogonSituation(answer: .identity(.member("li"))), .visibility),
            (LogonSituation(answer: .identity(.member("li")), visibility: .visible), .synchronization),
            (LogonSituation(answer: .identity(.member("li")), visibility: .unknown), .synchronization),
            (LogonSituation(answer: .identity(.member("li")), principal: Self.principal(false)), .visibility),
        ]
        for (situation, question) in rows { #expect(LogonDecision.of(situation) == .dependsOn(question)) }
    }

    @Test("whoever the directory has, and has not switched off, is let in without further questions")
    func admitted() {
        let principal = Self.principal(true)
        for visibility in [LogonSituation.Visibility?.none, .outside, .unknown] {
            let situation = LogonSituation(
                answer: .identity(.member("li")),
                principal: principal,
                expected: principal.id,
                visibility: visibility
            )
            #expect(LogonDecision.of(situation) == .admitted(principal))
        }
    }

    @Test("the names of the reasons are the ones that clients know")
    func names() {
        #expect(
            LogonReason.allCases.map(\.rawValue) == [
                "unknown_enterprise", "no_identity_provider", "idp_closed", "tenant_suspended", "idp_not_authorized",
                "authorization_revoked", "outside_visible_range", "outside_scope", "user_unknown", "user_disabled",
                "user_held", "not_a_member", "other_corp", "schema_mismatch", "other_person", "other_tenants_client",
                "denied", "code_expired", "too_many_tries", "configuration_unknown", "wecom_unavailable",
                "service_unavailable", "state_unknown", "state_expired", "state_replayed", "internal",
            ]
        )
    }

    @Test("every reason has its own words in both languages", arguments: LogonReason.allCases)
    func words(_ reason: LogonReason) {
        let words = reason.explanation
        for text in [words.chinese, words.english, words.chineseFix, words.englishFix] { #expect(!text.isEmpty) }
        #expect(LogonReason.allCases.filter { $0.explanation == words } == [reason])
    }

    @Test(
        "a diagnosis id tells a reason and a minute by itself, in the form of all others",
        arguments: LogonReason.allCases
    )
    func numbers(_ reason: LogonReason) throws {
        for minutes in [0, 1, 481_000, 0xFF_FFFF] {
            let time = Timestamp(millisecondsSince1970: 1_767_225_600_000 + Int64(minutes) * 60_000 + 59_999)
            let id = DiagnosisNumber(reason, at: time).id
            #expect(id.wholeMatch(of: /[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}/) != nil)
            let read = try #require(DiagnosisNumber(id.lowercased()))
            #expect(read.reason == reason)
            #expect(read.time.millisecondsSince1970 == time.millisecondsSince1970 / 60_000 * 60_000)
            let typo = String(id.dropLast()) + (id.hasSuffix("A") ? "B" : "A")
            #expect(DiagnosisNumber(typo) == nil)
        }
        #expect(DiagnosisNumber(Diagnosis.makeID()) == nil)
        #expect(DiagnosisNumber("?") == nil)
    }

    static func principal(_ isEnabled: Bool) -> Principal {
        Principal(
            id: .make(),
            identityProvider: .make(),
            tenant: .make(),
            generation: .first,
            externalID: "li",
            name: nil,
            email: nil,
            username: nil,
            departments: [],
            isEnabled: isEnabled
        )
    }
}
