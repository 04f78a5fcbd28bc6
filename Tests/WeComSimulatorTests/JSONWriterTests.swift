import NIOCore
import Testing

@testable import WeComSimulator

@Suite(.timeLimit(.minutes(5)))
struct JSONWriterTests {
    private func written(_ text: String, _ controlCharacters: JSONWriter.ControlCharacters) -> String {
        var writer = JSONWriter(controlCharacters: controlCharacters)
        writer.string(text)
        return String(buffer: writer.buffer)
    }

    @Test("quotes and backslashes are escaped, Chinese and emoji are not")
    func escapes() {
        #expect(written("a\"b\\c", .escaped) == "\"a\\\"b\\\\c\"")
        #expect(written("王\"😀", .raw) == "\"王\\\"😀\"")
    }

    @Test("control characters are escaped, or stand bare as WeCom sends them")
    func controlCharacters() {
        #expect(written("a\t\u{1F}", .escaped) == "\"a\\u0009\\u001f\"")
        #expect(written("a\t\u{1F}", .raw) == "\"a\t\u{1F}\"")
    }

    @Test("what is written in portions is one JSON text")
    func portions() throws {
        var writer = JSONWriter()
        writer.begin("[")
        var bytes = ByteBuffer()
        for number in 0..<3 {
            writer.value(["n": .integer(number)])
            bytes.writeImmutableBuffer(writer.takePortion())
        }
        writer.end("]")
        bytes.writeImmutableBuffer(writer.takePortion())
        #expect(String(buffer: bytes) == #"[{"n":0},{"n":1},{"n":2}]"#)
    }

    @Test("a value that was written is read back equal")
    func roundTrip() throws {
        let value: JSON = ["a": [1, -2, 1.5, true, nil, "x\n"], "b": ["c": "😀"], "d": [:]]
        #expect(try JSON(lenient: value.bytes) == value)
    }
}
