/// Gives every name its meaning, and tells the first that has none, or an argument of another type.
struct Checker {
    /// A part of an expression, and what is known of it without a person.
    struct Checked {
        let node: Node
        let type: ValueType
        /// Bytes that its value has at most.
        var size: Int
        let position: Int
    }

    let vocabulary: Vocabulary
    private(set) var references: [Reference] = []
    /// Steps that the expression needs for the longest of inputs.
    private(set) var cost = 0

    init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    /// - Throws: ``ExpressionError``.
    mutating func check(_ syntax: Syntax) throws(ExpressionError) -> Checked {
        let position = syntax.position
        switch syntax.kind {
        case .literal(let value): return literal(value, at: position)
        case .field(let name): return try field(name, at: position)
        case .call(let name, let arguments): return try call(name, arguments, at: position)
        case .comparison(let comparison, let left, let right):
            return try self.comparison(comparison, try check(left), try check(right), at: position)
        case .and(let left, let right):
            let (left, right) = (try condition(left), try condition(right))
            return boolean(.and(left.node, right.node), at: position)
        case .or(let left, let right):
            let (left, right) = (try condition(left), try condition(right))
            return boolean(.or(left.node, right.node), at: position)
        case .not(let negated): return boolean(.not(try condition(negated).node), at: position)
        }
    }

    private func literal(_ value: Value, at position: Int) -> Checked {
        let type: ValueType =
            switch value {
            case .absent: .absent
            case .text: .text
            case .number: .number
            case .boolean: .boolean
            case .date: .date
            case .list: .list
            }
        return Checked(node: .literal(value), type: type, size: value.plainText?.utf8.count ?? 0, position: position)
    }

    private mutating func field(_ name: String, at position: Int) throws(ExpressionError) -> Checked {
        guard let type = vocabulary.fields[name] else { throw unknown(field: name, at: position) }
        return checked(.field(name), of: type, at: position)
    }

    /// What is asked of a person, which may be as long as a person's can.
    mutating func checked(_ reference: Reference, of type: ValueType, at position: Int) -> Checked {
        let size =
            switch type {
            case .text: ExpressionLimits.fieldBytes
            case .list: ExpressionLimits.textBytes
            default: 32
            }
        return Checked(node: self.reference(reference), type: type, size: size, position: position)
    }

    mutating func reference(_ reference: Reference) -> Node {
        if let index = references.firstIndex(of: reference) { return .reference(index) }
        references.append(reference)
        return .reference(references.count - 1)
    }

    private func unknown(field name: String, at position: Int) -> ExpressionError {
        if let function = FunctionCatalogue.function(name) {
            return ExpressionError(
                at: position,
                "\(name) is a function.",
                suggestion: function.signature
            )
        }
        return ExpressionError(
            at: position,
            "There is no field \"\(name.prefix(60))\".",
            suggestion: Nearness.nearest(to: name, among: vocabulary.fields.keys.sorted())
        )
    }

    private mutating func condition(_ syntax: Syntax) throws(ExpressionError) -> Checked {
        let checked = try check(syntax)
        try require(checked, [.boolean], "A condition")
        return checked
    }

    private func boolean(_ node: Node, at position: Int) -> Checked {
        Checked(node: node, type: .boolean, size: 5, position: position)
    }

    private mutating func comparison(
        _ comparison: Comparison,
        _ left: Checked,
        _ right: Checked,
        at position: Int
    ) throws(ExpressionError) -> Checked {
        let type = left.type == .absent ? right.type : left.type
        guard left.type == right.type || left.type == .absent || right.type == .absent else {
            throw ExpressionError(
                at: right.position,
                "\(left.type.phrase.capitalizedFirst) cannot be compared with \(right.type.phrase).",
                suggestion: Self.conversion(from: right.type, to: left.type)
            )
        }
        if comparison.isOrder, ![.text, .number, .date].contains(type) {
            throw ExpressionError(at: position, "There is no order in \(type.phrase).", suggestion: "==")
        }
        try add(cost: min(left.size, right.size) + 1, at: position)
        return boolean(.comparison(comparison, left.node, right.node), at: position)
    }

    /// Throws when a value is of none of the types that may stand there.
    func require(_ checked: Checked, _ types: [ValueType], _ what: String) throws(ExpressionError) {
        guard checked.type != .absent, !types.contains(checked.type) else { return }
        throw ExpressionError(
            at: checked.position,
            "\(what) should be \(types.map(\.phrase).joined(separator: " or ")), and is \(checked.type.phrase).",
            suggestion: types.lazy.compactMap { Self.conversion(from: checked.type, to: $0) }.first
        )
    }

    mutating func add(cost steps: Int, at position: Int) throws(ExpressionError) {
        cost += steps
        guard cost <= ExpressionLimits.cost else {
            throw ExpressionError(
                at: position,
                "The expression could take too long: make it, or its patterns, smaller."
            )
        }
    }

    /// What makes one type of another.
    private static func conversion(from type: ValueType, to wanted: ValueType) -> String? {
        switch (type, wanted) {
        case (.text, .number): "number(…)"
        case (.text, .date): "date(…)"
        case (.text, .list): "split(…, \",\")"
        case (.text, .boolean): "… == \"true\""
        case (.number, .text): "concat(…)"
        case (.date, .text): "formatDate(…, \"yyyy-MM-dd\")"
        case (.list, .text): "join(…, \",\")"
        default: nil
        }
    }
}

extension String {
    /// As it begins a sentence.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
