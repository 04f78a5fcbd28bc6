import Expressions

/// What a rule takes its value from.
enum ValueSource: Equatable, Sendable {
    case field(WeComUser.Key)
    /// An attribute of `extattr`, by its name.
    case attribute(String)
    case constant(String)
    case expression(BoundExpression)
    /// The name of the department that counts.
    case departmentName
    /// The names from the topmost department to the one that counts.
    case departmentPath

    /// - Parameter name: As rules write it: a key of the user object, or `extattr.<name>`.
    init?(_ name: String) {
        let prefix = "extattr."
        if name.hasPrefix(prefix) {
            self = .attribute(String(name.dropFirst(prefix.count)))
        } else if let key = WeComUser.Key(rawValue: name), key != .departmentPath {
            self = .field(key)
        } else {
            return nil
        }
    }

    /// The keys of the user object that it asks for.
    var keys: [WeComUser.Key] {
        switch self {
        case .field(let key): [key]
        case .attribute, .constant: []
        case .expression(let expression): expression.sources.flatMap(\.keys)
        case .departmentName, .departmentPath: [.departmentPath]
        }
    }

    /// The extended attributes that it asks for.
    var attributes: [String] {
        switch self {
        case .attribute(let name): [name]
        case .field, .constant, .departmentName, .departmentPath: []
        case .expression(let expression): expression.sources.flatMap(\.attributes)
        }
    }

    /// What it has for a user.
    func value(for user: WeComUser) throws(EvaluationError) -> Value {
        switch self {
        case .field(let key): user.text(of: key).map(Value.text) ?? .absent
        case .attribute(let name): user.text(ofAttribute: name).map(Value.text) ?? .absent
        case .constant(let text): .text(text)
        case .expression(let expression): try expression.value(for: user)
        case .departmentName: user.departmentPath?.last.map(Value.text) ?? .absent
        case .departmentPath: user.departmentPath.map(Value.list) ?? .absent
        }
    }

    /// Whether something of WeCom's may be behind it that could not be taken: of a field only where it is empty.
    func mayBeUntaken(where isEmpty: Bool) -> Bool {
        if case .expression = self { true } else { isEmpty }
    }

    /// Whether WeCom has a value that could not be taken: nothing stands in for it.
    func isUntaken(of user: WeComUser) -> Bool {
        switch self {
        case .field(let key): user.isUntaken(key)
        case .attribute(let name):
            user.isUntaken(.extattr) || user.hasExtendedAttributes && user.text(ofAttribute: name) == nil
        case .constant: false
        case .expression(let expression): expression.sources.contains { $0.isUntaken(of: user) }
        case .departmentName, .departmentPath: user.isUntaken(.departmentPath)
        }
    }
}

/// An expression whose references are fields of WeCom.
struct BoundExpression: Equatable, Sendable {
    let expression: Expression
    /// What the references are, in their order.
    let sources: [ValueSource]

    /// Nil where this code cannot read it.
    init?(_ source: String, giving type: ValueType? = nil) {
        guard let expression = try? Expression(source, in: .weCom),
            type == nil || expression.type == type || expression.type == .absent
        else { return nil }
        self.expression = expression
        sources = expression.references.compactMap { reference in
            switch reference {
            case .field(let name): WeComUser.Key(rawValue: name).map(ValueSource.field)
            case .attribute(let name): .attribute(name)
            case .departmentName: .departmentName
            case .departmentPath: .departmentPath
            }
        }
        if sources.count < expression.references.count { return nil }
    }

    func value(for user: WeComUser) throws(EvaluationError) -> Value {
        try expression.value { index in
            switch sources[index] {
            case .field(let key): user.value(of: key)
            case .attribute(let name): user.text(ofAttribute: name).map(Value.text) ?? .absent
            case .departmentName: user.departmentPath?.last.map(Value.text) ?? .absent
            case .departmentPath: user.departmentPath.map(Value.list) ?? .absent
            case .constant, .expression: .absent
            }
        }
    }
}
