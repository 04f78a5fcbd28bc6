import Messages
import Testing

@Suite struct IdentityProviderNameTests {
    @Test(
        "names of 2 to 100 Chinese characters, letters, digits, - and _ are taken",
        arguments: ["test_123", "名称_测试-1", "ab", String(repeating: "名", count: 100)]
    )
    func valid(name: String) throws {
        #expect(try IdentityProviderName(name).description == name)
    }

    @Test(
        "other names are refused",
        arguments: ["", "a", String(repeating: "a", count: 101), "with space", "smile😀", "a/b", "a.b", "tab\t1"]
    )
    func invalid(name: String) {
        #expect(throws: IdentityProviderName.InvalidName.self) { try IdentityProviderName(name) }
    }

    @Test("the refusal says what is wrong")
    func reasons() {
        #expect(throws: IdentityProviderName.InvalidName.length(1)) { try IdentityProviderName("a") }
        #expect(throws: IdentityProviderName.InvalidName.character("😀")) { try IdentityProviderName("a😀") }
    }
}
