import Messages
import Testing
import WeCom

@testable import Verifier

@Suite
struct DecisionTests {
    typealias Identity = LogonDecision.Identity
    typealias Visibility = LogonDecision.Visibility

    struct Row: Sendable {
        let identity: Identity
        let isEnabled: Bool?
        let visibility: Visibility?
        let expected: Expected
    }

    enum Expected: Sendable, Equatable {
        case admitted, depends
        case refused(LogonReason)
    }

    static let rows = [
        Row(identity: .outsider, isEnabled: nil, visibility: nil, expected: .refused(.notAMember)),
        Row(identity: .outsider, isEnabled: true, visibility: .visible, expected: .refused(.notAMember)),
        Row(identity: .member("corp/li"), isEnabled: true, visibility: nil, expected: .refused(.notAMember)),
        Row(identity: .member("li"), isEnabled: true, visibility: nil, expected: .admitted),
        Row(identity: .member("li"), isEnabled: true, visibility: .outside, expected: .admitted),
        Row(identity: .member("li"), isEnabled: nil, visibility: nil, expected: .depends),
        Row(identity: .member("li"), isEnabled: nil, visibility: .visible, expected: .refused(.userUnknown)),
        Row(identity: .member("li"), isEnabled: nil, visibility: .unknown, expected: .refused(.userUnknown)),
        Row(identity: .member("li"), isEnabled: nil, visibility: .outside, expected: .refused(.outsideVisibleRange)),
        Row(identity: .member("li"), isEnabled: false, visibility: nil, expected: .depends),
        Row(identity: .member("li"), isEnabled: false, visibility: .visible, expected: .refused(.userDisabled)),
        Row(identity: .member("li"), isEnabled: false, visibility: .unknown, expected: .refused(.userDisabled)),
        Row(identity: .member("li"), isEnabled: false, visibility: .outside, expected: .refused(.outsideVisibleRange)),
    ]

    @Test("who signed in, what the directory has and what the app may see decide", arguments: rows)
    func decision(_ row: Row) {
        let principal = row.isEnabled.map(Self.principal)
        switch LogonDecision.of(row.identity, principal: principal, visibility: row.visibility) {
        case .admitted(let admitted):
            #expect(row.expected == .admitted)
            #expect(admitted == principal)
        case .refused(let reason): #expect(row.expected == .refused(reason))
        case .dependsOnVisibility: #expect(row.expected == .depends)
        }
    }

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

    @Test("the names of the reasons are the ones that clients know")
    func names() {
        #expect(
            LogonReason.allCases.map(\.rawValue) == [
                "unknown_enterprise", "no_identity_provider", "idp_closed", "tenant_suspended", "idp_not_authorized",
                "authorization_revoked", "outside_visible_range", "user_unknown", "user_disabled", "not_a_member",
                "schema_mismatch", "other_person", "other_tenants_client", "denied", "code_expired", "too_many_codes",
                "configuration_unknown", "wecom_unavailable", "service_unavailable", "state_expired", "internal",
            ]
        )
    }

    @Test("every reason has its own words in both languages", arguments: LogonReason.allCases)
    func words(_ reason: LogonReason) {
        let words = reason.explanation
        for text in [words.chinese, words.english, words.chineseFix, words.englishFix] { #expect(!text.isEmpty) }
        #expect(LogonReason.allCases.filter { $0.explanation == words } == [reason])
    }

    private static func principal(isEnabled: Bool) -> Principal {
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
