/// A text that cannot be the identifier it was given as.
public struct InvalidIdentifier: Error, Hashable, CustomStringConvertible {
    /// What was expected, such as `enterprise's corp ID`.
    public let kind: String

    /// What the identifier must look like.
    public let rule: String

    /// A sentence fit for a form: `the corp ID must be …`.
    public var description: String { "the \(kind) must be \(rule)" }
}

enum IdentifierText {
    /// Letters, digits and the marks that WeCom's identifiers use.
    static func isPlausible(_ text: String, lengths: ClosedRange<Int>, marks: StaticString = "-_") -> Bool {
        let marks = "\(marks)".utf8
        return lengths.contains(text.utf8.count)
            && text.utf8.allSatisfy { isLetterOrDigit($0) || marks.contains($0) }
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
