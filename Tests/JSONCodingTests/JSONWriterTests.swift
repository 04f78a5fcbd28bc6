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

    @Test("numbers are written in full", arguments: [0, 7, -7, Int64.max, Int64.min])
    func numbers(number: Int64) {
        var writer = JSONWriter()
        writer.write(number)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "\(number)")
    }
}
