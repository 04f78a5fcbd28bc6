import Foundation
import Messages
import Testing

@testable import Verifier

@Suite
struct ScopeTests {
    private static let principal = Principal(
        id: .make(),
        identityProvider: .make(),
        tenant: .make(),
        generation: .first,
        externalID: "ZhangSan",
        name: "张三",
        email: "zhangsan@example.com",
        username: "zhangsan",
        departments: [1, 7],
        isEnabled: true,
        phoneNumber: "+86 13800000000",
        address: "广州市海珠区"
    )

    private static let always: Set = ["sub", "idp_id", "tenant_id", "enterprise_id"]

    static let cases: [(String, Set<String>)] = [
        ("openid", []),
        ("openid profile", ["name", "preferred_username", "external_id"]),
        ("openid email", ["email"]),
        ("openid phone", ["phone_number"]),
        ("openid address", ["address"]),
        ("openid groups", ["groups"]),
        ("openid offline_access", []),
        ("openid profile email groups", ["name", "preferred_username", "external_id", "email", "groups"]),
    ]

    @Test("each scope opens its own claims, and nothing is said to be verified (§5.4)", arguments: cases)
    func claims(scope: String, extra: Set<String>) throws {
        let claims = PersonClaims(Self.principal, enterpriseID: .make(), for: Scope(scope))
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(claims)) as? [String: Any]
        #expect(Set(try #require(json).keys) == Self.always.union(extra))
    }

    @Test("an address is told as one formatted text (§5.1.1)")
    func address() throws {
        let claims = PersonClaims(Self.principal, enterpriseID: .make(), for: Scope("openid address"))
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(claims)) as? [String: Any]
        #expect(json?["address"] as? [String: String] == ["formatted": "广州市海珠区"])
    }

    @Test("scopes that there are not are ignored, and the others always come in one order")
    func text() {
        #expect(Scope("email admin  openid email").description == "openid email")
        #expect(Scope("OpenID").description == "")
        #expect(Scope("openid").isWithin(Scope("openid email")))
        #expect(!Scope("openid email").isWithin(Scope("openid")))
    }
}
