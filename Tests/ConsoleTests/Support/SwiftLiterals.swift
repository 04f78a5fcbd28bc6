/// The texts in quotes of a Swift source, with `{}` for what is put into them.
///
/// Texts that are added to each other count as one, and those within an interpolation for themselves.
struct SwiftLiterals {
    private(set) var all: [String] = []
    private let source: [UInt8]
    private var place = 0

    private static let quote = UInt8(ascii: "\"")
    private static let quotes = [quote, quote, quote]
    private static let comment = Array("//".utf8)

    init(in source: String) {
        self.source = Array(source.utf8)
        while let byte = next {
            if byte == Self.quote {
                all.append(String(decoding: sum(), as: UTF8.self))
            } else if isNext(Self.comment) {
                while let byte = next, byte != UInt8(ascii: "\n") { place += 1 }
            } else {
                place += 1
            }
        }
    }

    private var next: UInt8? { place < source.count ? source[place] : nil }

    private func isNext(_ text: [UInt8]) -> Bool { source[place...].starts(with: text) }

    /// A literal and what is added to it.
    private mutating func sum() -> [UInt8] {
        var text = literal()
        let end = place
        skipSpace()
        guard next == UInt8(ascii: "+") else {
            place = end
            return text
        }
        place += 1
        skipSpace()
        text += next == Self.quote ? sum() : Array("{}".utf8)
        return text
    }

    private mutating func skipSpace() {
        while let byte = next, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") { place += 1 }
    }

    private mutating func literal() -> [UInt8] {
        let isLong = isNext(Self.quotes)
        place += isLong ? 3 : 1
        var text: [UInt8] = []
        while let byte = next, !(isLong ? isNext(Self.quotes) : byte == Self.quote) {
            place += 1
            guard byte == UInt8(ascii: "\\"), let escaped = next else {
                text.append(byte)
                continue
            }
            place += 1
            switch escaped {
            case UInt8(ascii: "("):
                text += Array("{}".utf8)
                skipInterpolation()
            case UInt8(ascii: "\n"): skipSpace()
            case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
            default: text.append(escaped)
            }
        }
        place += isLong ? 3 : 1
        return isLong ? Self.trimmed(text) : text
    }

    private mutating func skipInterpolation() {
        var depth = 1
        while depth > 0, let byte = next {
            if byte == Self.quote {
                all.append(String(decoding: sum(), as: UTF8.self))
                continue
            }
            place += 1
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
        }
    }

    /// A text of several lines without its indentation.
    private static func trimmed(_ text: [UInt8]) -> [UInt8] {
        let lines = text.split(separator: UInt8(ascii: "\n")).map { $0.drop { $0 == UInt8(ascii: " ") } }
        return Array(lines.filter { !$0.isEmpty }.joined(separator: [UInt8(ascii: "\n")]))
    }
}
