import Messages

/// A filter as RFC 7644 §3.4.2.2 has it.
indirect enum FilterExpression: Equatable, Sendable {
    /// How a value is compared.
    enum Comparison: String, CaseIterable, Sendable {
        case equal = "eq"
        case notEqual = "ne"
        case contains = "co"
        case starts = "sw"
        case ends = "ew"
        case greater = "gt"
        case greaterOrEqual = "ge"
        case less = "lt"
        case lessOrEqual = "le"
    }

    /// What is compared with.
    enum Literal: Equatable, Sendable {
        case text(String)
        case number(Double)
        case boolean(Bool)
        case null
    }

    case compare(AttributePath, Comparison, Literal)
    case present(AttributePath)
    /// One of the values of an attribute meets a filter: `emails[type eq "work"]`.
    case element(AttributePath, FilterExpression)
    case and(FilterExpression, FilterExpression)
    case or(FilterExpression, FilterExpression)
    case not(FilterExpression)
}

/// Names an attribute: `userName`, `name.formatted`, `urn:…:enterprise:2.0:User:manager.value`. Names are read in either
/// case (RFC 7643 §2.1), and kept in lower case.
struct AttributePath: Hashable, Sendable, CustomStringConvertible {
    /// The URN of the schema, where it is said.
    let schema: String?
    /// The attribute.
    let name: String
    /// What of it is meant, if not all.
    let part: String?

    /// - Parameter text: As it stands in a filter or in a list of attributes; nil for what cannot name an attribute.
    init?(_ text: some StringProtocol) {
        var rest = text.lowercased()[...]
        if rest.hasPrefix("urn:") {
            guard let colon = rest.lastIndex(of: ":") else { return nil }
            schema = String(rest[..<colon])
            rest = rest[rest.index(after: colon)...]
        } else {
            schema = nil
        }
        let names = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(names.count), names.allSatisfy(Self.isName) else { return nil }
        name = String(names[0])
        part = names.count == 2 ? String(names[1]) : nil
    }

    var description: String {
        (schema.map { "\($0):" } ?? "") + name + (part.map { ".\($0)" } ?? "")
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first else { return false }
        let isStart = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) || first == UInt8(ascii: "$")
        return isStart && text.utf8.allSatisfy(Self.isNameByte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "$"):
            true
        default: false
        }
    }
}

/// Why a filter is refused; shown to whoever wrote it.
struct FilterError: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    static let nullOrder = FilterError("null is only compared by eq and ne.")
}
