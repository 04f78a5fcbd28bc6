import Foundation
import Messages
import Testing

@Suite struct IdentifierTests {
    @Test("new identifiers sort in the order in which they were made")
    func order() {
        let ids = (0..<10_000).map { _ in RunID.make() }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.description.dropFirst(14).first == "7" })
    }

    @Test("a user id is drawn: the same person gets the same id, another one another, in each generation")
    func drawnUserIDs() {
        let (one, other) = (IdentityProviderID.make(), IdentityProviderID.make())
        let key = UserIDCase.insensitive.key(of: "ZhangSan")
        #expect(
            UserID(of: key, in: one, .first) == UserID(of: UserIDCase.insensitive.key(of: "zhangsan"), in: one, .first)
        )
        #expect(UserID(of: key, in: one, .first) != UserID(of: key, in: other, .first))
        #expect(UserID(of: key, in: one, .first) != UserID(of: key, in: one, Generation.first.next))
        #expect(
            UserID(of: UserIDCase.sensitive.key(of: "ZhangSan"), in: one, .first) != UserID(of: key, in: one, .first)
        )
    }

    @Test("a user id is the SHA-256 of identity provider, generation and key, as a UUID of version 8")
    func userIDsBySHA256() throws {
        let identityProvider = try #require(IdentityProviderID("0195d4c2-7f3a-7abc-8def-0123456789ab"))
        let id = UserID(of: UserIDCase.insensitive.key(of: "zhangsan"), in: identityProvider, .first)
        #expect(id.description == "596aee88-2846-86ba-b5ca-e2533affaea6")
    }

    @Test("an identifier is read as Foundation reads a UUID, in either case")
    func readsUUIDs() {
        for _ in 0..<1_000 {
            let uuid = UUID()
            #expect(RunID(uuid.uuidString)?.uuid == uuid)
            #expect(RunID(RunID(uuid).description)?.uuid == uuid)
        }
    }

    @Test(
        "what is no UUID is no identifier",
        arguments: [
            "", "0192f0c1-8a77-7c3e-9d55-3f1c2b7a901", "0192f0c1-8a77-7c3e-9d55-3f1c2b7a90111",
            "0192f0c1-8a77-7c3e-9d55-3f1c2b7a901g", "0192f0c18a77-7c3e--9d55-3f1c2b7a9011",
            "0192f0c1_8a77_7c3e_9d55_3f1c2b7a9011", "企192f0c1-8a77-7c3e-9d55-3f1c2b7a90",
        ]
    )
    func noUUIDs(text: String) {
        #expect(RunID(text) == nil)
    }

    @Test("digests come back from their bytes, one or many")
    func digestsAsBytes() {
        let digests = (0..<100).map { ContentDigest(of: Array("\($0)".utf8)) }
        let bytes = ContentDigest.bytes(of: digests)
        let (one, cutOff) = (digests[7].bytes, Array(bytes.dropLast()))
        let read = (list: ContentDigest.list(bytes.span), one: ContentDigest(bytes: one.span))
        #expect(read.list == digests)
        #expect(read.one == digests[7])
        #expect(one == Array(bytes[112..<128]))
        let digits = one.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(digits == digests[7].description)
        let wrong = (list: ContentDigest.list(cutOff.span), one: ContentDigest(bytes: bytes.span))
        #expect(wrong.list == nil)
        #expect(wrong.one == nil)
    }

    @Test("an enterprise ID is taken with spaces and in upper case")
    func enterpriseIDs() throws {
        let id = EnterpriseID.make()
        #expect(EnterpriseID(" " + id.description.uppercased() + "\n") == id)
        #expect(EnterpriseID("abc") == nil)
        #expect(EnterpriseID("abcdefgh0l") == nil)
    }

    @Test(
        "digests are MurmurHash3's",
        arguments: [
            ("", "00000000000000000000000000000000"),
            ("0123456789abcdef", "4be06d94cf4ad1a787c35b5c63a708da"),
            ("企业微信0123456789abcdefX", "8ddbaa3b1d66aa1a91c65b94647a1c8b"),
            ("hello", "cbd8a7b341bd9b025b1e906a48ae1d19"),
            ("The quick brown fox jumps over the lazy dog", "e34bbc7bbc071b6c7a433ca9c49a9347"),
        ]
    )
    func murmur(text: String, digest: String) {
        #expect(ContentDigest(of: Array(text.utf8)).description == digest)
    }

    @Test("a sum of digests does not depend on the order")
    func sums() {
        let digests = (0..<100).map { ContentDigest(of: Array("\($0)".utf8)) }
        #expect(digests.reduce(.zero, &+) == digests.shuffled().reduce(.zero, &+))
        #expect(digests.reduce(.zero, &+) &- digests[0] == digests.dropFirst().reduce(.zero, &+))
    }
}
