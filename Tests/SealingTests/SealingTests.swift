import FoundationEssentials
import Sealing
import Testing

private func key(_ byte: UInt8, count: Int = 32) -> String {
    Data(repeating: byte, count: count).base64EncodedString()
}

@Suite("Secrets at rest", .timeLimit(.minutes(5)))
struct SealingTests {
    let keys: SealingKeys
    let context = "idp/1/app-secret"

    init() throws {
        keys = try SealingKeys("k1:\(key(1)),k0:\(key(0))")
    }

    @Test("what was sealed opens again", arguments: ["", "s3cret", "密钥🔑", String(repeating: "x", count: 4096)])
    func roundTrip(text: String) throws {
        let sealed = try keys.seal(Secret(text), context: context)
        #expect(sealed.keyID == "k1")
        #expect(try keys.open(SealedSecret(sealed.text), context: context) == Secret(text))
    }

    @Test("the same secret never looks the same twice")
    func freshNonce() throws {
        let boxes = try Set((0..<100).map { _ in try keys.seal(Secret("s"), context: context) })
        #expect(boxes.count == 100)
    }

    @Test("another context does not open it")
    func otherContext() throws {
        let sealed = try keys.seal(Secret("s"), context: context)
        #expect(throws: SealingError.cannotOpen(keyID: "k1")) { try keys.open(sealed, context: "idp/2/app-secret") }
    }

    @Test("any changed character is noticed")
    func tampering() throws {
        let text = try keys.seal(Secret("secret"), context: context).text
        for index in text.indices.dropLast() {
            let other: Character = text[index] == "A" ? "B" : "A"
            let changed = text.replacingCharacters(at: index, with: other)
            #expect(throws: SealingError.self) { try keys.open(SealedSecret(changed), context: context) }
        }
    }

    @Test("a secret moved under another key's id does not open")
    func otherKeyID() throws {
        let sealed = try keys.seal(Secret("s"), context: context)
        let moved = try SealedSecret("v1.k0." + sealed.text.dropFirst("v1.k1.".count))
        #expect(throws: SealingError.cannotOpen(keyID: "k0")) { try keys.open(moved, context: context) }
    }

    @Test("rotation: what an old key sealed is sealed by any other key of the list, and opens as before")
    func rotation() throws {
        let old = try keys.seal(Secret("s"), context: context)
        for order in ["k2:\(key(2)),k1:\(key(1))", "k1:\(key(1)),k2:\(key(2))"] {
            let both = try SealingKeys(order)
            let new = try both.reseal(old, context: context, by: "k2")
            #expect(new.keyID == "k2")
            #expect(try both.reseal(new, context: context, by: "k2") == new)
            #expect(try both.open(new, context: context) == Secret("s"))
            #expect(try SealingKeys("k2:\(key(2))").open(new, context: context) == Secret("s"))
            #expect(throws: SealingError.unknownKey(keyID: "k3")) { try both.reseal(old, context: context, by: "k3") }
            #expect(throws: SealingError.cannotOpen(keyID: "k1")) { try both.reseal(old, context: "x", by: "k2") }
        }
        #expect(throws: SealingError.unknownKey(keyID: "k1")) {
            try SealingKeys("k2:\(key(2))").open(old, context: context)
        }
    }

    @Test("mistakes in the key list are named without the key")
    func mistakes() {
        let table: [(String, SealingError)] = [
            ("", .noKeys), (" , ", .noKeys), (key(1), .malformedKey(position: 1)),
            ("a:\(key(1)),b", .malformedKey(position: 2)), ("a.b:\(key(1))", .badKeyID(position: 1)),
            (":\(key(1))", .badKeyID(position: 1)), ("a:!!", .keyNotBase64(keyID: "a")),
            ("a:", .wrongKeyLength(keyID: "a", bytes: 0)),
            ("a:\(key(7, count: 16))", .wrongKeyLength(keyID: "a", bytes: 16)),
            ("a:\(key(1)),a:\(key(2))", .duplicateKeyID("a")),
        ]
        for (text, expected) in table {
            let error = #expect(throws: SealingError.self, "\(text)") { try SealingKeys(text) }
            #expect(error == expected)
            #expect(error.map { !"\($0)".contains(key(7, count: 16)) } == true)
        }
    }

    @Test("keys may be set apart by spaces and lines")
    func whitespace() throws {
        #expect(try SealingKeys(" a:\(key(1)),\n b:\(key(2)) ").sealingKeyID == "a")
    }

    @Test(
        "other forms of a sealed secret are refused",
        arguments: ["", "v1", "v1.k1", "v1.k1.", "v2.k1.AAAA", "v1.k1.AAAA", "v1..AAAA", "v1.k1.AA.AA", "v1.k1.%%%%"]
    )
    func malformed(text: String) {
        #expect(throws: SealingError.malformedSecret) { try SealedSecret(text) }
    }

    @Test("a sealed secret is one JSON string")
    func codable() throws {
        let sealed = try keys.seal(Secret("s"), context: context)
        let json = try JSONEncoder().encode([sealed])
        #expect(String(decoding: json, as: UTF8.self) == #"["\#(sealed.text)"]"#)
        #expect(try JSONDecoder().decode([SealedSecret].self, from: json) == [sealed])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([SealedSecret].self, from: Data(#"["x"]"#.utf8))
        }
    }

    @Test("nothing prints a secret, a sealed one or a key")
    func descriptions() throws {
        struct Holder { let secret: Secret, sealed: SealedSecret, keys: SealingKeys }
        let sealed = try keys.seal(Secret("hunter2"), context: context)
        let holder = Holder(secret: Secret("hunter2"), sealed: sealed, keys: keys)
        var dumped = ""
        dump(holder, to: &dumped)
        let text = "\(holder) \(String(reflecting: holder)) \(dumped)"
        #expect(!text.contains("hunter2"))
        #expect(!text.contains(sealed.text.suffix(20)))
        #expect(!text.contains(key(1)))
        #expect("\(holder.secret) \(sealed) \(keys)" == "<secret> <sealed> sealing keys k1, k0")
    }
}

extension String {
    fileprivate func replacingCharacters(at index: Index, with character: Character) -> String {
        self[..<index] + String(character) + self[self.index(after: index)...]
    }
}
