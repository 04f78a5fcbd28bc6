import JSONCoding
import Testing

@testable import Fetcher

@Suite(.timeLimit(.minutes(5)))
struct PageCutterTests {
    @Test("objects are put into arrays byte for byte")
    func byteForByte() {
        var cutter = PageCutter()
        for object in [#"{"a" : 1}"#, "{}", #"{"名":"\/"}"#] {
            let isTaken = cutter.add(Array(object.utf8)[...])
            #expect(isTaken)
        }
        #expect(Self.text(cutter.finish()) == [#"[{"a" : 1},{},{"名":"\/"}]"#])
    }

    @Test("without objects there is no page")
    func empty() {
        #expect(PageCutter().finish().isEmpty)
    }

    @Test("an object that no message holds is refused, a large one is a page of its own")
    func largeObjects() {
        var cutter = PageCutter(limit: 100)
        let taken = [10, 900_001, 900_000, 10].map { cutter.add([UInt8](repeating: 0x31, count: $0)[...]) }
        #expect(taken == [true, false, true, true])
        #expect(cutter.finish().map(\.bytes.count) == [12, 900_002, 12])
    }

    @Test("whatever the objects, none is lost, the order is kept and pages stay within their bound")
    func anyObjects() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let limit = Int.random(in: 4...200, using: &generator)
            let numbers = (0..<Int.random(in: 1...100, using: &generator)).map { _ in
                Int64.random(in: 0...Int64(1 << Int.random(in: 1...60, using: &generator)), using: &generator)
            }
            var cutter = PageCutter(limit: limit)
            for number in numbers { _ = cutter.add(Array("\(number)".utf8)[...]) }
            var found: [Int64] = []
            for page in cutter.finish() {
                guard case .array(let elements) = try JSONValue(parsing: page.bytes) else { throw NoArray() }
                #expect(page.bytes.count <= limit || elements.count == 1)
                found += elements.compactMap { if case .integer(let number) = $0 { number } else { nil } }
            }
            #expect(found == numbers)
        }
    }

    private struct NoArray: Error {}

    private static func text(_ pages: [RawJSON]) -> [String] { pages.map { String(decoding: $0.bytes, as: UTF8.self) } }
}
