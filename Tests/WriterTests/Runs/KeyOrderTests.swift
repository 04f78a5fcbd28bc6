import Messages
import Testing

@testable import Writer

@Suite struct KeyOrderTests {
    @Test("people come in the order of their keys' bytes, as the database compares them")
    func order() {
        let keys = ["b", "aa", "a", "", "é", "Z", "zhangsan", "zhang", "zhangsan2", "企业", "a\u{1}", "0123456789abcdef"]
        #expect(Self.sorted(keys) == keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    }

    @Test("any keys that differ within sixteen bytes come in that order")
    func random() {
        let letters = Array("abAB09-_@.é企")
        for _ in 0..<200 {
            let keys = Set((0..<50).map { _ in Self.random(upTo: 4, of: letters) }).shuffled()
            #expect(Self.sorted(keys) == keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        }
    }

    @Test("nobody is lost whose key differs from another's only after sixteen bytes")
    func longKeys() {
        let prefix = String(repeating: "x", count: 16)
        let keys = [prefix + "b", prefix + "a", prefix, "a"]
        let sorted = Self.sorted(keys)
        #expect(sorted.first == "a")
        #expect(Set(sorted) == Set(keys))
    }

    private static func random(upTo length: Int, of letters: [Character]) -> String {
        String((0..<Int.random(in: 1...length)).compactMap { _ in letters.randomElement() })
    }

    private static func sorted(_ keys: [String]) -> [String] {
        let people = keys.map {
            UserChanges.Change(
                key: DirectoryKey($0, isCaseSensitive: true),
                record: UserRecord(externalID: $0, contentHash: .zero),
                action: .create
            )
        }
        return KeyOrder.sorted(people).map(\.key.text)
    }
}
