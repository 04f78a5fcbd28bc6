/// The texts in quotes of a Swift source, with `{}` for what is put into them.
///
/// Texts that are added to each other count as one, and those within an interpolation for themselves.
struct SwiftLiterals {
    private(set) var all: [String] = []
    private var rest: Substring

    init(in source: String) {
        rest = source[...]
        while let next = rest.firstIndex(where: { $0 == "\"" || $0 == "/" }) {
            rest = rest[next...]
            if rest.hasPrefix("//") {
                rest = rest[(rest.firstIndex(where: \.isNewline) ?? rest.endIndex)...]
            } else if rest.first == "/" {
                rest.removeFirst()
            } else {
                all.append(sum())
            }
        }
    }

    /// A literal and what is added to it.
    private mutating func sum() -> String {
        var text = literal()
        while let plus = rest.prefixMatch(of: /\s*\+\s*/) {
            rest = rest[plus.range.upperBound...]
            guard rest.first == "\"" else { return text + "{}" }
            text += literal()
        }
        return text
    }

    private mutating func literal() -> String {
        let quotes = rest.hasPrefix("\"\"\"") ? "\"\"\"" : "\""
        rest.removeFirst(quotes.count)
        var text = ""
        while !rest.isEmpty, !rest.hasPrefix(quotes) {
            let character = rest.removeFirst()
            guard character == "\\", let escaped = rest.popFirst() else {
                text.append(character)
                continue
            }
            switch escaped {
            case "(":
                text += "{}"
                skipInterpolation()
            case "\n": rest = rest.drop { $0 == " " }
            case "n": text += "\n"
            default: text.append(escaped)
            }
        }
        rest.removeFirst(min(quotes.count, rest.count))
        return quotes.count == 1 ? text : Self.trimmed(text)
    }

    private mutating func skipInterpolation() {
        var depth = 1
        while depth > 0, let character = rest.first {
            if character == "\"" {
                all.append(sum())
                continue
            }
            rest.removeFirst()
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
        }
    }

    /// A text of several lines without its indentation.
    private static func trimmed(_ text: String) -> String {
        text.split(separator: "\n").map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
            .joined(separator: "\n")
    }
}
