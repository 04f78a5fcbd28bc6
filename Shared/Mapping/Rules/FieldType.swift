import Expressions
import JSONCoding
import Messages

/// What the values of a field are, and how each is written in the directory.
enum FieldType: Equatable, Sendable {
    case text, integer, decimal, boolean, date, textList
    case choice([String])
    case status

    init(_ field: ExtendedField) {
        switch field.type {
        case .text: self = .text
        case .integer: self = .integer
        case .decimal: self = .decimal
        case .boolean: self = .boolean
        case .date: self = .date
        case .choice: self = .choice(field.options)
        case .textList: self = .textList
        }
    }

    /// The value as the directory keeps it, or what is the matter with it.
    func taken(_ value: Value) -> Result<String, UntakenValue> {
        let text = value.plainText ?? ""
        let taken: String? =
            switch self {
            case .text: text
            case .integer: Self.integer(text)
            case .decimal: Self.decimal(text)
            case .boolean: Self.boolean(text)
            case .date: CivilDate(text)?.description
            case .textList: Self.list(value)
            case .status: Self.status(text).map { String($0.rawValue) }
            case .choice(let options): options.contains(text) ? text : nil
            }
        guard let taken else { return .failure(UntakenValue(kind: mismatch)) }
        return TextLimits.problem(of: taken).map { .failure(UntakenValue(kind: $0)) } ?? .success(taken)
    }

    private var mismatch: FieldProblem.Kind {
        switch self {
        case .choice, .status: .unknownValue
        default: .wrongType
        }
    }

    private static func integer(_ text: String) -> String? { Int64(text).map { String($0) } }

    /// Without zeros that say nothing; digit by digit, so that none is rounded.
    private static func decimal(_ text: String) -> String? {
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ".", omittingEmptySubsequences: false)
        let signs = text.utf8.count - parts.reduce(parts.count - 1) { $0 + $1.utf8.count }
        guard signs <= 1, (1...2).contains(parts.count), text.utf8.count <= 40,
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let whole = parts[0].drop { $0 == "0" }
        let fraction = parts.count > 1 ? String(parts[1].reversed().drop { $0 == "0" }.reversed()) : ""
        let digits = (whole.isEmpty ? "0" : String(whole)) + (fraction.isEmpty ? "" : ".\(fraction)")
        return isNegative && digits != "0" ? "-\(digits)" : digits
    }

    private static func boolean(_ text: String) -> String? {
        switch text.lowercased() {
        case "true", "1", "yes", "y", "是": "true"
        case "false", "0", "no", "n", "否": "false"
        default: nil
        }
    }

    /// A JSON array; of one text the parts between commas and semicolons.
    private static func list(_ value: Value) -> String? {
        let elements: [String]
        if case .list(let list) = value {
            elements = list
        } else {
            let parts = (value.plainText ?? "").split { ",;，；、\n".contains($0) }
            elements = parts.map { $0.trimmingSpaces }.filter { !$0.isEmpty }
        }
        var writer = JSONWriter()
        writer.beginArray()
        for element in elements { writer.write(element) }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func status(_ text: String) -> UserRecord.Status? {
        switch text.lowercased() {
        case "1", "4", "active", "enabled", "true": .active
        case "2", "disabled", "false": .disabled
        case "5", "left": .left
        default: nil
        }
    }
}

/// Why the directory cannot keep a value.
struct UntakenValue: Error, Equatable {
    let kind: FieldProblem.Kind
}

extension StringProtocol {
    /// Without white space before and after it.
    var trimmingSpaces: String {
        let start = drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { String(start[...$0]) } ?? ""
    }
}
