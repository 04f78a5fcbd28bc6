import JSONCoding
import Testing

@Suite struct StrictJSONTests {
    private static let strict = [
        "null", "true", "false", "0", "-0", "10", "-1.5e+10", "1E5", "0.5", #""""#, #""a\"\\\/\b\f\n\r\t\u00e9""#,
        #""\ud83d\ude00""#, #""企业""#, "[]", "{}", " [ 1 , [ ] , { } ] ", #"{"a":{"b":[1,"x",null]},"c":""}"#,
        "\"\u{7F}\u{2028}\"", "123456789012345678901234567890",
    ]
    /// What our lenient reader takes all the same, and what it is mended to.
    private static let odd: [(String, String)] = [
        ("[1 2]", "[1,2]"), ("[,1,,2,]", "[1,2]"), (#"{"a":1 "b":2,}"#, #"{"a":1,"b":2}"#),
        ("01", #""01""#), ("-", #""-""#), ("+1", #""+1""#), (".5", #"".5""#), ("1.", #""1.""#), ("1e", #""1e""#),
        ("--1", #""--1""#), ("1e400", #""1e400""#), ("\"a\u{0}\u{1F}\n\"", #""a\u0000\u001f\u000a""#),
        (#""\x""#, #""\\x""#), (#""\u12g4""#, #""\\u12g4""#), (#""\u12""#, #""\\u12""#),
        (#""\ud83d""#, "\"\u{FFFD}\""), (#""\ude00\ud83d""#, "\"\u{FFFD}\u{FFFD}\""),
        (#""\ud83d\n""#, "\"\u{FFFD}\\n\""), (#""\ud83dA""#, "\"\u{FFFD}A\""),
        ("{\"a\u{2}\":[\"\u{3}\"]}", #"{"a\u0002":["\u0003"]}"#),
    ]

    @Test("what is JSON by its letter is stepped over, to its end and no further", arguments: strict)
    func stepsOver(text: String) throws {
        let bytes = Array("\(text),".utf8)
        var (strict, lenient) = (JSONReader(bytes), JSONReader(bytes))
        let place = try lenient.skipValue()
        #expect(strict.skipStrictValue(lookingFor: JSONKeys([])) { _, _ in } == place)
        #expect(strict.offset == lenient.offset)
        #expect(try JSONMender.mend(bytes, in: place) == compact(text))
    }

    @Test(
        "what only a lenient reader takes is refused without a step, and mended to JSON of the same meaning",
        arguments: odd
    )
    func mends(text: String, mended: String) throws {
        let bytes = Array(text.utf8)
        var reader = JSONReader(bytes)
        #expect(reader.skipStrictValue(lookingFor: JSONKeys([])) { _, _ in } == nil)
        #expect(reader.offset == 0)
        let result = try JSONMender.mend(bytes, in: 0..<bytes.count)
        #expect(String(decoding: result, as: UTF8.self) == mended)
        var again = JSONReader(result)
        #expect(again.skipStrictValue(lookingFor: JSONKeys([])) { _, _ in } == 0..<result.count)
    }

    @Test(
        "ill-formed UTF-8 is refused, and becomes the replacement character",
        arguments: [[0xFF], [0xC0, 0xAF], [0xE4, 0xBC], [0xED, 0xA0, 0x80], [0x80], [0xF5, 0x80, 0x80, 0x80]]
            as [[UInt8]]
    )
    func illFormed(bytes: [UInt8]) throws {
        for place in [0, 1, 6, 7, 8, 9, 17] {
            let filler = [UInt8](repeating: UInt8(ascii: "x"), count: place)
            let text = [UInt8(ascii: "\"")] + filler + bytes + filler + [UInt8(ascii: "\"")]
            var reader = JSONReader(text)
            #expect(reader.skipStrictValue(lookingFor: JSONKeys([])) { _, _ in } == nil)
            let mended = try JSONMender.mend(text, in: 0..<text.count)
            #expect(mended == Array(String(decoding: text, as: UTF8.self).utf8))
        }
    }

    @Test("control characters are found wherever they stand", arguments: 0..<20)
    func controlCharacters(place: Int) {
        var bytes = Array("\"\(String(repeating: "企x", count: 5))\"".utf8)
        bytes.insert(0x1F, at: place + 1)
        var reader = JSONReader(bytes)
        #expect(reader.skipStrictValue(lookingFor: JSONKeys([])) { _, _ in } == nil)
    }

    @Test(
        "what cannot be understood is not mended",
        arguments: ["", "[1}", #"{"a"}"#, #"{"a" 1}"#, #"{"a":}"#, #"{1:2}"#, "[1", "nul", "\"a"]
    )
    func refuses(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: JSONError.self) { try JSONMender.mend(bytes, in: 0..<bytes.count) }
    }

    @Test("the members that are looked for are found at the top alone, the last of each")
    func members() {
        let bytes = Array(#"[{"id":1,"x":{"id":9},"name": "a" ,"id":[2]}]"#.utf8)
        var reader = JSONReader(bytes, in: 1..<bytes.count - 1)
        var found: [Int: String] = [:]
        let place = reader.skipStrictValue(lookingFor: JSONKeys(["name", "id"])) { key, place in
            found[key] = String(decoding: bytes[place], as: UTF8.self)
        }
        #expect(place == 1..<bytes.count - 1)
        #expect(found == [0: #""a""#, 1: "[2]"])
    }

    @Test("what nests too deep to be carried in a message is neither taken nor mended")
    func nesting() throws {
        for (depth, isTaken) in [(120, true), (121, false)] {
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let bytes = Array(text.utf8)
            var reader = JSONReader(bytes)
            #expect((reader.skipStrictValue(lookingFor: JSONKeys([])) { _, _ in } != nil) == isTaken)
            #expect(((try? JSONMender.mend(bytes, in: 0..<bytes.count)) != nil) == isTaken)
        }
    }

    @Test("texts, numbers and flags are read where their meaning is plain")
    func lenient() throws {
        #expect(try read("1.50") { try $0.readLenientText() } == .value("1.50"))
        #expect(try read("false") { try $0.readLenientText() } == .value("false"))
        #expect(try read("null") { try $0.readLenientText() } == .absent)
        #expect(try read(#""\x""#) { try $0.readLenientText() } == .unreadable)
        for text in ["7", #""7""#, "7.0", "70e-1"] {
            #expect(try read(text) { try $0.readLenientInt64() } == .value(7))
        }
        for text in ["7.5", #""7x""#, #""""#, "true", "[7]", "1e17", "9223372036854775808"] {
            #expect(try read(text) { try $0.readLenientInt64() } == .unreadable)
        }
        for text in ["1", #""1""#, "true", #""true""#] {
            #expect(try read(text) { try $0.readLenientFlag() } == .value(1))
        }
        for text in ["0", #""0""#, "false", #""false""#] {
            #expect(try read(text) { try $0.readLenientFlag() } == .value(0))
        }
        #expect(try read("null") { try $0.readLenientFlag() } == .absent)
        #expect(try read(#""yes""#) { try $0.readLenientFlag() } == .unreadable)
        #expect(try read("42") { try $0.readIdentifier() } == "42")
        for text in ["4.5", "null", "true", "{}"] { #expect(try read(text) { try $0.readIdentifier() } == nil) }
    }

    /// Reads one value, and checks that it was read to its end.
    private func read<Value>(_ text: String, _ read: (inout JSONReader) throws -> Value) throws -> Value {
        var reader = JSONReader(Array(text.utf8))
        let value = try read(&reader)
        try reader.finish()
        return value
    }

    /// The text without white space, which none of the strict ones has in a string.
    private func compact(_ text: String) -> [UInt8] { Array(text.replacing(" ", with: "").utf8) }
}
