import NIOCore

/// The list in an answer, found in its bytes, so that it can be cut short and stay what WeCom would send.
struct ListAnswer {
    private let bytes: [UInt8]
    /// Where each element of the first list stands.
    private let elements: [Range<Int>]

    init(_ answer: ByteBuffer) {
        bytes = Array(answer.readableBytesView)
        elements = Self.elements(of: bytes)
    }

    /// The answer with so many of the list's elements.
    func keeping(_ count: Int) -> ByteBuffer {
        guard count < elements.count, let first = elements.first, let last = elements.last else {
            return ByteBuffer(bytes: bytes)
        }
        let end = count > 0 ? elements[count - 1].upperBound : first.lowerBound
        return ByteBuffer(bytes: bytes[..<end] + bytes[last.upperBound...])
    }

    /// The answer with the first half of the list.
    var firstHalf: ByteBuffer { keeping(elements.count / 2) }

    private static func elements(of bytes: [UInt8]) -> [Range<Int>] {
        var (found, depth, start) = ([Range<Int>](), 0, -1)
        var (isText, isEscaped) = (false, false)
        for (place, byte) in bytes.enumerated() {
            if isText {
                (isText, isEscaped) = (
                    byte != UInt8(ascii: "\"") || isEscaped, byte == UInt8(ascii: "\\") && !isEscaped
                )
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth == 2, byte == UInt8(ascii: "[") { start = place + 1 }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                guard depth == 1, byte == UInt8(ascii: "]"), start >= 0 else { continue }
                if place > start { found.append(start..<place) }
                return found
            case UInt8(ascii: ",") where depth == 2 && start >= 0:
                found.append(start..<place)
                start = place + 1
            default: break
            }
        }
        return []
    }
}
