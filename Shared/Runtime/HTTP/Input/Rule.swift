/// What a field may hold, and how to read it.
public struct Rule<Value>: Sendable {
    /// Reads the value, or throws the mistakes in it.
    public let read: @Sendable (JSON) throws(Mistakes) -> Value

    /// - Parameter read: Reads the value, or throws the mistakes in it.
    public init(_ read: @escaping @Sendable (JSON) throws(Mistakes) -> Value) { self.read = read }

    /// The same rule, with a further step that may find a mistake of its own.
    public func then<Result>(_ step: @escaping @Sendable (Value) throws(Mistakes) -> Result) -> Rule<Result> {
        Rule<Result> { json throws(Mistakes) in try step(try read(json)) }
    }
}

extension FieldError {
    /// The same mistake, seen from the object or list that holds the field.
    public func within(_ outer: String) -> FieldError {
        let separator = field.isEmpty || field.hasPrefix("[") ? "" : "."
        return FieldError(outer + separator + field, message)
    }
}

/// All that is wrong with a value.
public struct Mistakes: Error, Equatable {
    /// Each with its field, as seen from the value.
    public var all: [FieldError]

    /// - Parameter all: Each with its field, as seen from the value.
    public init(_ all: [FieldError]) { self.all = all }

    /// One mistake in the value itself.
    public init(_ message: String) { all = [FieldError("", message)] }
}

extension Rule where Value == String {
    /// A text of so many characters, none of them a control character.
    ///
    /// A character may be of any number of bytes, as marks combine without end; what is stored and told is bounded in
    /// bytes, of UTF-8.
    ///
    /// - Parameter bytes: At most so many bytes; by default four for each character.
    public static func text(_ length: ClosedRange<Int>, bytes: Int? = nil) -> Rule<String> {
        Rule<String> { json throws(Mistakes) in
            guard case .string(let text) = json else { throw Mistakes("Give a text in quotes, not \(json.shown).") }
            let limit = bytes ?? 4 * length.upperBound
            guard text.utf8.count <= limit || text.count > length.upperBound else {
                throw Mistakes("Give at most \(limit) bytes of UTF-8; these are \(text.utf8.count).")
            }
            guard length.contains(text.count) else {
                throw Mistakes("Give \(length.lowerBound) to \(length.upperBound) characters; these are \(text.count).")
            }
            guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
                throw Mistakes("Leave out line breaks, tabs and other control characters.")
            }
            return text
        }
    }

    /// A text that is not only white space.
    public static func title(_ length: ClosedRange<Int>) -> Rule<String> {
        text(length).then { text throws(Mistakes) in
            guard !text.allSatisfy(\.isWhitespace) else { throw Mistakes("Give more than white space.") }
            return text
        }
    }
}

extension Rule where Value == Bool {
    /// `true` or `false`.
    public static var boolean: Rule<Bool> {
        Rule<Bool> { json throws(Mistakes) in
            guard case .boolean(let value) = json else { throw Mistakes("Give true or false, not \(json.shown).") }
            return value
        }
    }
}

extension Rule where Value == Int {
    /// A whole number of a range.
    ///
    /// - Parameter what: What the number counts, such as `hours`.
    public static func integer(in range: ClosedRange<Int>, of what: String = "") -> Rule<Int> {
        Rule<Int> { json throws(Mistakes) in
            let kind = what.isEmpty ? "a whole number" : "a whole number of \(what)"
            guard case .integer(let value) = json, let value = Int(exactly: value), range.contains(value) else {
                throw Mistakes("Give \(kind) from \(range.lowerBound) to \(range.upperBound), not \(json.shown).")
            }
            return value
        }
    }
}

extension Rule where Value: RawRepresentable & CaseIterable & SendableMetatype, Value.RawValue == String {
    /// One of a few words.
    public static var word: Rule<Value> {
        Rule { json throws(Mistakes) in
            guard case .string(let text) = json, let value = Value(rawValue: text) else {
                let words = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
                throw Mistakes("Give \(words), not \(json.shown).")
            }
            return value
        }
    }
}

extension Rule {
    /// The rule for something that may also be `null`.
    public var orNull: Rule<Value?> {
        Rule<Value?> { json throws(Mistakes) in json == .null ? nil : try read(json) }
    }

    /// A list, each element by this rule.
    public func list(upTo limit: Int) -> Rule<[Value]> {
        Rule<[Value]> { json throws(Mistakes) in
            guard case .array(let elements) = json else { throw Mistakes("Give a list in [ ], not \(json.shown).") }
            guard elements.count <= limit else {
                throw Mistakes("Give at most \(limit) elements; these are \(elements.count).")
            }
            var values: [Value] = []
            var mistakes: [FieldError] = []
            for (index, element) in elements.enumerated() {
                do throws(Mistakes) {
                    values.append(try read(element))
                } catch {
                    mistakes += error.all.map { $0.within("[\(index)]") }
                }
            }
            guard mistakes.isEmpty else { throw Mistakes(mistakes) }
            return values
        }
    }
}
