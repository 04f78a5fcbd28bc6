import JSONCoding
import Testing

@Suite struct HexadecimalTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    private func read(_ text: String) -> [UInt8]? { Hexadecimal.bytes(of: bytes(text).span) }
    private func number(_ text: String, at start: Int = 0) -> UInt64? {
        Hexadecimal.number(bytes(text).span, at: start)
    }
    private func halves(_ text: String) -> [UInt64]? { UUIDText.read(bytes(text).span).map { [$0.high, $0.low] } }

    @Test("bytes are written as two digits each, in lower case, and read in either case")
    func both() {
        let all = (0...255).map { UInt8($0) }
        let digits = Hexadecimal.digits(of: all.span)
        #expect(digits == bytes(all.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()))
        #expect(read(String(decoding: digits, as: UTF8.self)) == all)
        #expect(read("fFaA09") == [0xFF, 0xAA, 0x09])
        #expect(read("") == [])
    }

    @Test("half a byte, and what is no digit, are refused", arguments: ["0", "0g", "g0", " 0", "-1", "0x"])
    func refused(text: String) { #expect(read(text) == nil) }

    @Test("sixteen digits are a number, wherever they begin")
    func numbers() {
        #expect(number("0123456789abcdefFEDCBA9876543210") == 0x0123_4567_89AB_CDEF)
        #expect(number("0123456789abcdefFEDCBA9876543210", at: 16) == 0xFEDC_BA98_7654_3210)
        #expect(number("0123456789abcdeg") == nil)
    }

    @Test("a UUID is written in lower case with four hyphens, and read in either case")
    func uuid() {
        let text = "0123abcd-89ef-7012-8345-6789abcdef01"
        #expect(halves(text) == [0x0123_ABCD_89EF_7012, 0x8345_6789_ABCD_EF01])
        #expect(UUIDText.write(0x0123_ABCD_89EF_7012, 0x8345_6789_ABCD_EF01) == bytes(text))
        #expect(halves(text.uppercased()) == halves(text))
    }

    @Test(
        "what is no UUID is refused",
        arguments: [
            "", "0123abcd89ef701283456789abcdef01", "0123abcd-89ef-7012-8345-6789abcdef0",
            "0123abcd-89ef-7012-8345-6789abcdef012", "0123abcd-89ef-7012-83456-789abcdef01",
            "0123abcg-89ef-7012-8345-6789abcdef01", "{123abcd-89ef-7012-8345-6789abcdef01",
        ]
    )
    func noUUID(text: String) { #expect(halves(text) == nil) }
}
