import Testing

@testable import Registry

@Suite(.timeLimit(.minutes(5)))
struct QRCodeTests {
    private static let url = "https://open.work.weixin.qq.com/wwopen/developtool/authQrcode?token=abc&state=xyz"

    @Test("a code has its three finder patterns, and a quiet zone around it")
    func finders() throws {
        let code = try #require(QRCode(Self.url))
        #expect((code.width - 17) % 4 == 0)
        let finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
        for (top, left) in [(0, 0), (0, code.width - 7), (code.width - 7, 0)] {
            let seen = (0..<7).map { row in
                String((0..<7).map { code[top + row, left + $0] ? "1" : "0" })
            }
            #expect(seen == finder)
        }
        #expect(!code[-1, 0])
        #expect(!code[0, code.width])
    }

    @Test("a text that is empty, too long, or holds a zero byte has no code")
    func impossible() {
        #expect(QRCode("") == nil)
        #expect(QRCode("a\u{0}b") == nil)
        #expect(QRCode(String(repeating: "a", count: 2_331)) != nil)
        #expect(QRCode(String(repeating: "a", count: 2_332)) == nil)
    }

    @Test("the drawing has a rectangle wherever there is a dark module")
    func svg() throws {
        let code = try #require(QRCode(Self.url))
        let svg = code.svg
        #expect(
            svg.hasPrefix(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(code.width + 8) \(code.width + 8)\""
            )
        )
        var dark = Set<[Int]>()
        for match in svg.matches(of: /M(\d+) (\d+)h(\d+)v1h-\d+z/) {
            let (x, y, length) = (Int(match.1) ?? 0, Int(match.2) ?? 0, Int(match.3) ?? 0)
            for column in x..<(x + length) { dark.insert([y - 4, column - 4]) }
        }
        let expected = (0..<code.width).flatMap { row in
            (0..<code.width).filter { code[row, $0] }.map { [row, $0] }
        }
        #expect(dark == Set(expected))
    }

    @Test("the picture's chunks and checksums are whole, and its pixels are the modules", arguments: [1, 3, 8])
    func png(scale: Int) throws {
        let code = try #require(QRCode(Self.url))
        let chunks = try PNGReader.chunks(code.png(scale: scale))
        #expect(chunks.map(\.type) == ["IHDR", "IDAT", "IEND"])
        let side = (code.width + 8) * scale
        let header = try #require(chunks.first).data
        #expect(PNGReader.number(header[0..<4]) == side)
        #expect(PNGReader.number(header[4..<8]) == side)
        #expect(Array(header[8...]) == [1, 0, 0, 0, 0])
        let pixels = try PNGReader.inflateStored(chunks[1].data)
        let stride = 1 + (side + 7) / 8
        #expect(pixels.count == side * stride)
        for row in 0..<side {
            for column in 0..<side {
                let isLight = pixels[row * stride + 1 + column / 8] & (0x80 >> UInt8(column % 8)) != 0
                if isLight == code[row / scale - 4, column / scale - 4] {
                    Issue.record("pixel \(row), \(column)")
                    return
                }
            }
        }
    }
}

/// Reads back what the encoder wrote, checksums included.
private enum PNGReader {
    struct Malformed: Error {}

    static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    static func chunks(_ png: [UInt8]) throws -> [(type: String, data: [UInt8])] {
        guard png.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] else { throw Malformed() }
        var rest = png.dropFirst(8)
        var chunks: [(String, [UInt8])] = []
        while !rest.isEmpty {
            let length = number(rest.prefix(4))
            let body = rest.dropFirst(4).prefix(4 + length)
            let checksum = rest.dropFirst(8 + length).prefix(4)
            guard body.count == 4 + length, number(checksum) == crc(body) else { throw Malformed() }
            chunks.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
            rest = rest.dropFirst(12 + length)
        }
        return chunks
    }

    static func inflateStored(_ stream: [UInt8]) throws -> [UInt8] {
        guard stream.prefix(2) == [0x78, 0x01] else { throw Malformed() }
        var rest = stream.dropFirst(2)
        var data: [UInt8] = []
        var isLast = false
        while !isLast {
            let head = Array(rest.prefix(5))
            guard head.count == 5, head[0] < 2 else { throw Malformed() }
            isLast = head[0] == 1
            let length = Int(head[1]) | Int(head[2]) << 8
            guard length ^ 0xFFFF == Int(head[3]) | Int(head[4]) << 8 else { throw Malformed() }
            data += rest.dropFirst(5).prefix(length)
            rest = rest.dropFirst(5 + length)
        }
        var (low, high) = (1, 0)
        for byte in data {
            low = (low + Int(byte)) % 65_521
            high = (high + low) % 65_521
        }
        guard rest.count == 4, number(rest) == high << 16 | low else { throw Malformed() }
        return data
    }

    private static func crc(_ bytes: ArraySlice<UInt8>) -> Int {
        var value: UInt32 = .max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return Int(~value)
    }
}
