import Foundation
import JSONCoding
import Testing

@Suite struct JSONWriterTests {
    @Test("commas stand between members and nowhere else")
    func commas() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.write(Int64(1))
        writer.key("b")
        writer.beginArray()
        writer.beginObject()
        writer.endObject()
        writer.write(true)
        writer.writeNull()
        writer.endArray()
        writer.key("c")
        writer.write("x")
        writer.endObject()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":1,"b":[{},true,null],"c":"x"}"#)
    }

    @Test(
        "whatever string is written, Foundation reads the same",
        arguments: ["", "企业", "\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1F}", "😀é", String(repeating: "a\"", count: 300)]
    )
    func strings(text: String) throws {
        var writer = JSONWriter()
        writer.beginArray()
        writer.write(text)
        writer.endArray()
        #expect(try JSONDecoder().decode([String].self, from: Data(writer.bytes)) == [text])
    }

    @Test("a member is written as its key and its value are, and not at all if there is none")
    func members() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.write("none", nil)
        writer.write("plain", "企业")
        writer.write("escaped", "a\"\n")
        writer.write("empty", "")
        writer.endObject()
        let written = String(decoding: writer.bytes, as: UTF8.self)
        #expect(written == #"{"plain":"企业","escaped":"a\"\n","empty":""}"#)
    }

    @Test("numbers are written in full", arguments: [0, 7, -7, Int64.max, Int64.min])
    func numbers(number: Int64) {
        var writer = JSONWriter()
        writer.write(number)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "\(number)")
    }
}
