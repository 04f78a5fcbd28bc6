package import JSONCoding
package import Messages

/// An object of WeCom's lists, read field by field: one that cannot be taken is noted, and spoils no other.
package protocol WeComObject: Sendable {
    associatedtype Key: RawRepresentable<String>
    /// Which fields to read.
    associatedtype Selection: Sendable

    /// Which object it is, if its id can be read and kept.
    var object: DirectoryObject? { get }
    /// The fields that could not be taken.
    var problems: [UntakenField] { get set }

    /// An object of which nothing was read.
    init()

    /// Forgets what was read, and keeps the memory for the next one.
    mutating func clear()

    /// Reads one object into this one, which is clear; keys that nobody asks for are stepped over.
    ///
    /// - Throws: `JSONError` when it is no object, or its JSON is broken.
    mutating func read(_ reader: inout JSONReader, _ selection: Selection) throws(JSONError)
}

/// A field of an object that could not be taken.
package struct UntakenField: Equatable, Sendable {
    /// WeCom's name of the field; `extattr.<name>` for an extended attribute.
    let field: String
    let kind: FieldProblem.Kind
    /// Whether it is one rule's target that cannot hold the value: other rules take it all the same.
    var isOfRule = false
}

extension WeComObject {
    /// Notes that a field could not be taken, once each kind.
    mutating func note(_ field: String, _ kind: FieldProblem.Kind, isOfRule: Bool = false) {
        let problem = UntakenField(field: field, kind: kind, isOfRule: isOfRule)
        if !problems.contains(problem) { problems.append(problem) }
    }

    /// Whether a field is there and could not be taken.
    func isUntaken(_ key: Key) -> Bool {
        !problems.isEmpty && problems.contains { $0.field == key.rawValue && !$0.isOfRule }
    }
}
