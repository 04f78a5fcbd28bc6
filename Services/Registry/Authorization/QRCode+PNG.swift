extension QRCode {
    /// A picture of one bit a pixel.
    ///
    /// - Parameter scale: Pixels along a module's side.
    func png(scale: Int = 8) -> [UInt8] {
        let side = (width + 2 * Self.quietZone) * scale
        var header = PNG.bytes(UInt32(side)) + PNG.bytes(UInt32(side))
        header += [1, 0, 0, 0, 0]  // one bit, greyscale, the only compression and filter, not interlaced
        return PNG.signature + PNG.chunk("IHDR", header) + PNG.chunk("IDAT", PNG.stored(pixels(side, scale)))
            + PNG.chunk("IEND", [])
    }

    /// Each row after a filter byte, eight pixels a byte; a set bit is light.
    private func pixels(_ side: Int, _ scale: Int) -> [UInt8] {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(side * (1 + (side + 7) / 8))
        for line in 0..<side {
            var row = [UInt8](repeating: 0xFF, count: (side + 7) / 8)
            for pixel in 0..<side where self[line / scale - Self.quietZone, pixel / scale - Self.quietZone] {
                row[pixel / 8] &= ~(0x80 >> UInt8(pixel % 8))
            }
            pixels.append(0)
            pixels += row
        }
        return pixels
    }
}

/// The parts of a PNG file (ISO/IEC 15948), its data stored without compression.
private enum PNG {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        return bytes(UInt32(data.count)) + body + bytes(checksum(body))
    }

    /// A zlib stream of stored blocks (RFC 1950, RFC 1951 §3.2.4).
    static func stored(_ data: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var rest = data[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(block.count)
            let length = UInt16(block.count)
            stream += [rest.isEmpty ? 1 : 0, UInt8(length & 0xFF), UInt8(length >> 8)]
            stream += [UInt8(~length & 0xFF), UInt8(~length >> 8)] + block
        } while !rest.isEmpty
        return stream + bytes(adler(data))
    }

    static func bytes(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// CRC-32.
    private static func checksum(_ data: [UInt8]) -> UInt32 {
        ~data.reduce(UInt32.max) { checksum, byte in
            (0..<8).reduce(checksum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }

    private static func adler(_ data: [UInt8]) -> UInt32 {
        let (low, high) = data.reduce((UInt32(1), UInt32(0))) { sums, byte in
            let low = (sums.0 + UInt32(byte)) % 65_521
            return (low, (sums.1 + low) % 65_521)
        }
        return high << 16 | low
    }
}
