import Foundation

/// A figure of a result, or several under names, written as one line of JSON in the order given.
///
/// `Sendable` is said and not inferred: the compiler looks for it in the cases, which are of this type again, and takes
/// that for a circular reference when it builds another file alone.
enum Figure: CustomStringConvertible, Sendable {
    /// So many decimal places are written; `null` where the number could not be had.
    case number(Double?, places: Int)
    /// `null` where it could not be had.
    case count(Int?)
    case text(String)
    case object([(name: String, value: Figure)])
    case array([Figure])
    /// Could not be had.
    case unknown

    /// The JSON.
    var description: String {
        switch self {
        case .number(let value?, let places) where value.isFinite: String(format: "%.\(places)f", value)
        case .count(let value?): "\(value)"
        case .text(let text): Self.quoted(text)
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.name)):\($0.value)" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.description).joined(separator: ",") + "]"
        case .number, .count, .unknown: "null"
        }
    }

    /// Names and words of benchmarks are plain, so that only these need escaping.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
