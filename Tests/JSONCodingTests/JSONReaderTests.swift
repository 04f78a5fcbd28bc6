import JSONCoding
import Testing

@Suite struct JSONReaderTests {
    @Test("keys are told apart wherever they differ", arguments: [0, 7, 8, 12, 16, 24])
    func similarKeys(place: Int) throws {
        let names = ["x", "y"].map { letter in
            String((0..<25).map { $0 == place ? Character(letter) : "a" })
        }
        let keys = JSONKeys(names)
        for text in [#"{"\#(names[0])":1,"\#(names[1])":2}"#, #"{ "\#(names[0])" : 1 , "\#(names[1])" : 2 }"#] {
            var reader = JSONReader(Array(text.utf8))
            try reader.beginObject()
            var found: [Int] = []
            while let key = try reader.nextKey(in: keys) {
                found.append(key)
                #expect(try reader.readInt64() == Int64(key + 1))
            }
            #expect(found == [0, 1])
        }
    }

    @Test("a zero among bytes is found wherever it stands", arguments: [0, 1, 7, 8, 15, 16, 18])
    func zeros(place: Int) {
        var bytes = [UInt8](repeating: 0xFF, count: 19)
        let before = ByteScan.holdsZero(bytes.span)
        bytes[place] = 0
        let after = ByteScan.holdsZero(bytes.span)
        #expect(!before)
        #expect(after)
    }

    @Test("strings are read with their escapes, also those of two halves")
    func escapes() throws {
        var reader = JSONReader(Array(#""a\"\\\/\b\f\n\r\t\u00e9\u4f01\ud83d\ude00""#.utf8))
        #expect(try reader.readString() == "a\"\\/\u{8}\u{C}\n\r\té企😀")
        try reader.finish()
    }

    @Test("a lone half of a surrogate pair becomes the replacement character", arguments: [#""\ud83d""#, #""\ude00""#])
    func loneSurrogate(text: String) throws {
        var reader = JSONReader(Array(text.utf8))
        #expect(try reader.readString() == "\u{FFFD}")
    }

    @Test(
        "a high half before an ordinary escape becomes the replacement character, and the escape stays",
        arguments: [
            (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ud83d\u4f01x""#, "\u{FFFD}企x"), (#""\ud83d\n""#, "\u{FFFD}\n"),
            (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud83dx""#, "\u{FFFD}x"),
        ]
    )
    func halfBeforeEscape(text: String, read: String) throws {
        var reader = JSONReader(Array(text.utf8))
        #expect(try reader.readString() == read)
        try reader.finish()
        #expect(try JSONValue(parsing: Array(text.utf8)) == .string(read))
    }

    @Test("raw control characters inside strings are taken as they are")
    func rawControlCharacters() throws {
        var reader = JSONReader(Array("\"a\u{1}\nb\"".utf8))
        #expect(try reader.readString() == "a\u{1}\nb")
    }

    @Test("broken UTF-8 is repaired, not refused")
    func brokenUTF8() throws {
        var reader = JSONReader([0x22, 0x61, 0xFF, 0x62, 0x22])
        #expect(try reader.readString() == "a\u{FFFD}b")
    }

    @Test("whole numbers are read over the whole range of 64 bits", arguments: [0, -1, 42, Int64.max, Int64.min])
    func wholeNumbers(number: Int64) throws {
        var reader = JSONReader(Array(" \(number) ".utf8))
        #expect(try reader.readInt64() == number)
        try reader.finish()
    }

    @Test(
        "what is not a whole number of 64 bits is refused",
        arguments: ["1.5", "1e3", "9223372036854775808", "-9223372036854775809", "-", "x", "\"1\"", ""]
    )
    func notWholeNumbers(text: String) {
        var reader = JSONReader(Array(text.utf8))
        #expect(throws: JSONError.self) { try reader.readInt64() }
    }

    @Test("known keys are found in any order, unknown ones are told apart")
    func keys() throws {
        let keys = JSONKeys(["a", "b", "c"])
        var reader = JSONReader(Array(#"{"c":3,"x":[{"a":9}],"a":1,"b":2}"#.utf8))
        var found: [Int: Int64] = [:]
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            if key == JSONKeys.unknown { try reader.skipValue() } else { found[key] = try reader.readInt64() }
        }
        try reader.finish()
        #expect(found == [0: 1, 1: 2, 2: 3])
    }

    @Test("each truncation of a text is an error")
    func truncation() throws {
        let text = Array(#"{"list":[{"id":1,"name":"企业\n","tags":[true,null,-2]}],"n":12}"#.utf8)
        var whole = JSONReader(text)
        try whole.skipValue()
        try whole.finish()
        for count in 0..<text.count {
            var reader = JSONReader(Array(text[..<count]))
            #expect(throws: JSONError.self, "cut after \(count) bytes") { try reader.skipValue() }
        }
    }

    @Test("a value is handed out byte for byte")
    func rawValues() throws {
        let value = "{ \"a\" : [1,  2],\t\"b\":\"\\u4f01\" }"
        var reader = JSONReader(Array("[\(value)]".utf8))
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(try reader.readRaw() == Array(value.utf8))
        #expect(try !reader.nextElement())
    }

    @Test("nesting without end is refused, not followed")
    func nesting() {
        var reader = JSONReader(Array(repeating: UInt8(ascii: "["), count: 100_000))
        #expect(throws: JSONError.self) { try reader.skipValue() }
        #expect(throws: JSONError.self) { try JSONValue(parsing: Array(repeating: UInt8(ascii: "["), count: 100_000)) }
    }

    @Test("nesting is followed 128 deep, and not further, also where it is closed", arguments: ["[]", "{}"])
    func closedNesting(kind: String) throws {
        func nested(_ depth: Int) -> [UInt8] {
            let inner = kind == "[]" ? ("[", "]") : (#"{"a":"#, "}")
            let text =
                String(repeating: inner.0, count: depth - 1) + kind + String(repeating: inner.1, count: depth - 1)
            return Array(text.utf8)
        }
        var deepest = JSONReader(nested(128))
        try deepest.skipValue()
        try deepest.finish()
        _ = try JSONValue(parsing: nested(128))
        var deeper = JSONReader(nested(129))
        #expect(throws: JSONError.self) { try deeper.skipValue() }
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(129)) }
    }

    @Test("what is no value is not stepped over", arguments: [",", ":", "]", "x", ""])
    func missingValue(text: String) {
        var reader = JSONReader(Array(text.utf8))
        #expect(throws: JSONError.self) { try reader.skipValue() }
    }

    @Test(
        "escapes of other than four hexadecimal digits are refused",
        arguments: [#""\u+041""#, #""\u-041""#, #""\u41""#]
    )
    func brokenEscape(text: String) {
        var reader = JSONReader(Array(text.utf8))
        #expect(throws: JSONError.self) { try reader.readString() }
    }

    @Test("random bytes never do more than fail")
    func noise() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("{}[]\",:\\u0123456789abcdeftrulnse -.\u{4f01}".utf8)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random)!
            }
            var reader = JSONReader(bytes)
            if (try? reader.skipValue()) != nil { #expect(reader.offset <= bytes.count) }
            _ = try? JSONValue(parsing: bytes)
        }
    }
}
