import Foundation
import Testing

@testable import Expressions

@Suite struct PinyinTests {
    @Test("a character is spoken among others as it is by itself, and the second time as the first")
    func byItself() throws {
        let characters = (0x4E00...0x9FFF).compactMap(Unicode.Scalar.init).map(Character.init).shuffled()
        for start in stride(from: 0, to: characters.count, by: 100) {
            let text = String(characters[start..<min(start + 100, characters.count)])
            let toned = try #require(text.applyingTransform(.mandarinToLatin, reverse: false))
            let plain = try #require(toned.applyingTransform(.stripDiacritics, reverse: false))
            let found = Pinyin.words(of: text)
            #expect(found.map { $0.replacing("v", with: "u") } == plain.split(separator: " ").map(String.init))
            #expect(Pinyin.words(of: text) == found)
        }
    }

    @Test("a character with a mark of its own is spoken as without")
    func variations() {
        #expect(Pinyin.words(of: "葛\u{E0100}城") == Pinyin.words(of: "葛城"))
    }
}
