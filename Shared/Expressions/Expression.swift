/// A small, pure expression over the fields of one person, read and checked once.
///
/// It always ends, and what it costs at most is known before it is run: there are no loops, patterns take linear time, and
/// every text on the way is bounded.
package struct Expression: Sendable {
    /// As it is written.
    package let source: String
    /// What comes out, unless it is absent.
    package let type: ValueType
    /// What it asks of a person.
    package let references: [Reference]
    /// Steps that it needs for the longest of inputs.
    package let cost: Int
    private let root: Node

    /// - Throws: ``ExpressionError`` with the place and what was probably meant.
    package init(_ source: String, in vocabulary: Vocabulary) throws(ExpressionError) {
        var checker = Checker(vocabulary)
        let checked = try checker.check(try Parser.parse(source))
        self.source = source
        type = checked.type
        references = checker.references
        cost = checker.cost
        root = checked.node
    }

    /// What it makes of a person.
    ///
    /// - Parameter value: What the person has for a reference of that number in ``references``.
    /// - Throws: ``EvaluationError`` where a text became too long.
    package func value(_ value: (Int) -> Value) throws(EvaluationError) -> Value {
        try root.value(value)
    }
}

extension Expression: Equatable {
    package static func == (one: Expression, other: Expression) -> Bool {
        one.source == other.source && one.references == other.references && one.type == other.type
    }
}
