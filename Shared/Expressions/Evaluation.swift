extension Node {
    /// - Parameter reference: What the person has for a reference of that number.
    func value(_ reference: (Int) -> Value) throws(EvaluationError) -> Value {
        switch self {
        case .literal(let value): return value
        case .reference(let index): return reference(index).bounded
        case .comparison(let comparison, let left, let right):
            return .boolean(comparison.holds(try left.value(reference), try right.value(reference)))
        case .and(let left, let right):
            guard try left.value(reference).isTrue else { return .boolean(false) }
            return .boolean(try right.value(reference).isTrue)
        case .or(let left, let right):
            guard try !left.value(reference).isTrue else { return .boolean(true) }
            return .boolean(try right.value(reference).isTrue)
        case .not(let negated): return .boolean(try !negated.value(reference).isTrue)
        case .choice(let condition, let one, let other):
            return try condition.value(reference).isTrue ? one.value(reference) : other.value(reference)
        case .first(let nodes):
            for node in nodes {
                let value = try node.value(reference)
                if !value.isEmpty { return value }
            }
            return .absent
        case .matches(let node, let pattern):
            guard case .text(let text) = try node.value(reference) else { return .boolean(false) }
            return .boolean(pattern.isFound(in: text))
        case .formatted(let node, let format):
            return try node.value(reference).day.map { .text(format.text(of: $0)) } ?? .absent
        case .call(let body, let nodes):
            var arguments: [Value] = []
            arguments.reserveCapacity(nodes.count)
            for node in nodes { arguments.append(try node.value(reference)) }
            return try body(arguments).checked
        }
    }
}

extension Comparison {
    /// Whether two values stand so. What is absent equals only what is absent, and is neither before nor after anything.
    func holds(_ left: Value, _ right: Value) -> Bool {
        switch (self, left, right) {
        case (.equal, _, _): left == right
        case (.unequal, _, _): left != right
        case (_, .text(let left), .text(let right)): holds(left, right)
        case (_, .number(let left), .number(let right)): holds(left, right)
        case (_, .date(let left), .date(let right)): holds(left, right)
        default: false
        }
    }

    private func holds<Ordered: Comparable>(_ left: Ordered, _ right: Ordered) -> Bool {
        switch self {
        case .equal: left == right
        case .unequal: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}

extension Value {
    /// The day that it is, or that it tells.
    fileprivate var day: CivilDate? {
        switch self {
        case .date(let date): date
        case .text(let text): CivilDate(TextSearch.trimmed(text))
        default: nil
        }
    }

    /// What a person has, cut to what the expression was checked for: WeCom has nothing longer.
    fileprivate var bounded: Value {
        switch self {
        case .text(let text) where text.utf8.count > ExpressionLimits.fieldBytes: .absent
        case .list(let list): .list(Self.bounded(list))
        default: self
        }
    }

    private static func bounded(_ list: [String]) -> [String] {
        var bytes = 0
        return Array(
            list.prefix(ExpressionLimits.elements).prefix { element in
                bytes += element.utf8.count
                return bytes <= ExpressionLimits.textBytes
            }
        )
    }

    /// - Throws: ``EvaluationError`` where it is longer than a text on the way may be.
    fileprivate var checked: Value {
        get throws(EvaluationError) {
            guard case .text(let text) = self, text.utf8.count > ExpressionLimits.textBytes else { return self }
            throw .tooLong
        }
    }
}
