import NIOCore

/// Puts lines together of what comes in parts that end anywhere.
struct EventLines {
    private var rest: [UInt8] = []

    /// The lines that are whole by now.
    mutating func take(_ part: ByteBuffer) -> [String] {
        rest += part.readableBytesView
        var lines: [String] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(String(decoding: rest[..<end], as: UTF8.self))
            rest.removeFirst(end + 1)
        }
        return lines
    }
}
