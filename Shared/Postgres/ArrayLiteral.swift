/// PostgreSQL's text format of an array: `{a,"b \"c\"",NULL}`.
enum ArrayLiteral {
    /// The elements of a one-dimensional array, `nil` for null; `nil` when `text` is not one.
    static func parse(_ text: String) -> [String?]? {
        var parser = Parser(text.utf8)
        return parser.elements()
    }

    private struct Parser {
        private var rest: Substring.UTF8View

        init(_ text: String.UTF8View) {
            rest = text[...]
        }

        mutating func elements() -> [String?]? {
            guard take(UInt8(ascii: "{")) else { return nil }
            if take(UInt8(ascii: "}")) { return rest.isEmpty ? [] : nil }
            var elements: [String?] = []
            while true {
                guard let element = element() else { return nil }
                elements.append(element)
                if take(UInt8(ascii: ",")) { continue }
                return take(UInt8(ascii: "}")) && rest.isEmpty ? elements : nil
            }
        }

        /// One element, which may be null; `nil` when there is none.
        private mutating func element() -> String?? {
            if take(UInt8(ascii: "\"")) {
                guard let text = quoted() else { return nil }
                return .some(text)
            }
            let end = rest.firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? rest.endIndex
            let text = rest[..<end]
            rest = rest[end...]
            guard !text.isEmpty, !text.contains(UInt8(ascii: "{")) else { return nil }
            return text.elementsEqual("NULL".utf8) ? .some(nil) : .some(String(decoding: text, as: UTF8.self))
        }

        /// What stands before the closing quote.
        private mutating func quoted() -> String? {
            var bytes: [UInt8] = []
            while var byte = rest.popFirst() {
                if byte == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
                if byte == UInt8(ascii: "\\") {
                    guard let escaped = rest.popFirst() else { return nil }
                    byte = escaped
                }
                bytes.append(byte)
            }
            return nil
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest.removeFirst()
            return true
        }
    }
}
