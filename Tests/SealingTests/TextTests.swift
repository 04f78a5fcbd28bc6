import Foundation
import Sealing
import Testing

@Suite("Texts that are secret, by chance or encoded", .timeLimit(.minutes(5)))
struct TextTests {
    @Test(
        "base64url is written without padding, and read back",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("\u{3FF}\u{3FE}?>", "z7_Pvj8-"),
        ]
    )
    func base64URL(plain: String, encoded: String) {
        #expect(Base64URL.encode(plain.utf8) == encoded)
        #expect(Base64URL.decode(encoded) == Array(plain.utf8))
    }

    @Test("what is not base64url is refused", arguments: ["Zg==", "z7/Pvj8+", "Z", "Zm9v!", "Zm 9v", "é"])
    func notBase64URL(text: String) { #expect(Base64URL.decode(text) == nil) }

    @Test("random texts have the length and the characters that are asked for, and never repeat")
    func random() {
        let texts = (0..<200).map { _ in RandomText.make(43, of: RandomText.base64URL) }
        #expect(Set(texts).count == 200)
        #expect(texts.allSatisfy { $0.utf8.count == 43 })
        #expect(Set(texts.joined()) == Set(RandomText.base64URL))
        #expect(RandomText.base64URL.count == 64)
        #expect(RandomText.make(10_000).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }

    @Test("each character of an alphabet comes, however many there are", arguments: [1, 2, 3, 10, 31, 62, 64])
    func alphabets(count: Int) {
        let alphabet = Array(RandomText.base64URL.prefix(count))
        let text = RandomText.make(count * 40, of: alphabet)
        #expect(text.count == count * 40)
        #expect(Set(text) == Set(alphabet))
    }

    @Test("base64url is what Foundation makes of the same bytes, but for two characters and the padding")
    func foundation() {
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max) }
            let text = Base64URL.encode(bytes)
            let padded =
                text.replacing("-", with: "+").replacing("_", with: "/")
                + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
            #expect(padded == Data(bytes).base64EncodedString())
            #expect(Base64URL.decode(text) == bytes)
        }
    }

    @Test("only the same bytes are equal, in whatever time")
    func equal() {
        #expect(ConstantTime.areEqual("", ""))
        #expect(ConstantTime.areEqual("secret", "secret"))
        #expect(!ConstantTime.areEqual("secret", "secreT"))
        #expect(!ConstantTime.areEqual("secret", "Secret"))
        #expect(!ConstantTime.areEqual("secret", "secrets"))
        #expect(!ConstantTime.areEqual("é", "e\u{301}"))
    }
}
