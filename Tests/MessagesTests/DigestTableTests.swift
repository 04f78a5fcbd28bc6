import Messages
import Testing

/// A dictionary by digests does what a plain dictionary does.
@Suite struct DigestTableTests {
    @Test("a table holds what a dictionary holds after any changes", arguments: 1...20)
    func random(seed: Int) {
        var generator = RandomMessages(seed: UInt64(seed))
        var table = DigestTable(placeholder: 0)
        var expected: [ContentDigest: Int] = [:]
        for step in 0..<5_000 {
            let key = ContentDigest(of: String(generator.number(800)))
            if generator.number(3) == 0 {
                table.removeValue(forKey: key)
                expected[key] = nil
            } else {
                #expect(table.updateValue(step, forKey: key) == expected.updateValue(step, forKey: key))
            }
        }
        #expect(contents(of: table) == expected)
        #expect(table.count == expected.count)
        for (key, value) in expected { #expect(table[key] == value) }
    }

    @Test("digests that begin at the same place do not hide each other when one is removed")
    func collisions() {
        var table = DigestTable(placeholder: 0)
        // The lowest bits decide nothing, and the highest bits are the same: all of them want one place.
        let keys = (0..<200).map { ContentDigest(high: UInt64($0) << 4, low: .max - UInt64($0)) }
        for (index, key) in keys.enumerated() { table.updateValue(index, forKey: key) }
        for key in keys.prefix(100) { table.removeValue(forKey: key) }
        #expect(keys.prefix(100).allSatisfy { table[$0] == nil })
        #expect(keys.indices.dropFirst(100).allSatisfy { table[keys[$0]] == $0 })
    }

    @Test("the digest zero is a digest like any other")
    func zero() {
        var table = DigestTable(placeholder: 0)
        #expect(table[.zero] == nil)
        table.updateValue(7, forKey: .zero)
        #expect(table[.zero] == 7)
        #expect(table.count == 1)
    }

    private func contents(of table: DigestTable<Int>) -> [ContentDigest: Int] {
        var contents: [ContentDigest: Int] = [:]
        table.forEach { contents[$0] = $1 }
        return contents
    }
}
