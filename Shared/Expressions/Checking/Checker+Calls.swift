extension Checker {
    /// Checks a call: its name, how many arguments it has, what they are, and how large what comes out may be.
    mutating func call(_ name: String, _ syntax: [Syntax], at position: Int) throws(ExpressionError) -> Checked {
        guard let function = FunctionCatalogue.function(name) else { throw unknown(function: name, at: position) }
        try requireCount(of: syntax, for: function, at: position)
        if case .attribute = function.body { return try attribute(syntax[0]) }
        if case .reference(let reference) = function.body, case .of(let type) = function.result {
            return checked(reference, of: type, at: position)
        }
        var arguments: [Checked] = []
        for (index, argument) in syntax.enumerated() {
            let checked = try check(argument)
            let parameter = function.parameters[min(index, function.parameters.count - 1)]
            if let types = parameter.types {
                try require(checked, types, "\"\(parameter.name)\" of \(name)")
            }
            arguments.append(checked)
        }
        let type = try resultType(of: function, arguments)
        let size = Self.size(of: function, arguments)
        try add(cost: arguments.reduce(1) { $0 + $1.size } + size, at: position)
        return Checked(node: try node(function, arguments), type: type, size: size, position: position)
    }

    private func unknown(function name: String, at position: Int) -> ExpressionError {
        let suggestion =
            vocabulary.fields[name] != nil
            ? name : Nearness.nearest(to: name, among: FunctionCatalogue.all.map(\.name)).map { "\($0)(…)" }
        return ExpressionError(at: position, "There is no function \"\(name.prefix(60))\".", suggestion: suggestion)
    }

    private func requireCount(
        of arguments: [Syntax],
        for function: Function,
        at position: Int
    ) throws(ExpressionError) {
        let most = function.isVariadic ? Int.max : function.parameters.count
        guard arguments.count < function.required || arguments.count > most else { return }
        let wanted =
            function.isVariadic
            ? "at least \(function.required)"
            : most == function.required ? "\(most)" : "\(function.required) to \(most)"
        throw ExpressionError(
            at: position,
            "\(function.name) takes \(wanted) arguments, and is given \(arguments.count).",
            suggestion: function.signature
        )
    }

    private mutating func attribute(_ syntax: Syntax) throws(ExpressionError) -> Checked {
        guard case .literal(.text(let name)) = syntax.kind, !name.isEmpty, name.count <= 64 else {
            throw ExpressionError(
                at: syntax.position,
                "The name of a field that the enterprise added stands in quotes, and has 1 to 64 characters.",
                suggestion: "extattr(\"…\")"
            )
        }
        return Checked(
            node: reference(.attribute(name)),
            type: .text,
            size: ExpressionLimits.fieldBytes,
            position: syntax.position
        )
    }

    private func resultType(of function: Function, _ arguments: [Checked]) throws(ExpressionError) -> ValueType {
        switch function.result {
        case .of(let type): return type
        case .common(let first):
            let values = arguments.dropFirst(first)
            let type = values.first { $0.type != .absent }?.type ?? .absent
            for value in values { try require(value, [type], "This value of \(function.name)") }
            return type
        }
    }

    private static func size(of function: Function, _ arguments: [Checked]) -> Int {
        let size =
            switch function.size {
            case .small: 32
            case .first(let times): arguments[0].size * times
            case .sum: arguments.reduce(0) { $0 + $1.size }
            case .whole: ExpressionLimits.textBytes
            }
        return min(size, ExpressionLimits.textBytes)
    }

    private mutating func node(_ function: Function, _ arguments: [Checked]) throws(ExpressionError) -> Node {
        let nodes = arguments.map(\.node)
        switch function.body {
        case .values(let body): return .call(body, nodes)
        case .choice: return .choice(nodes[0], nodes[1], nodes.count > 2 ? nodes[2] : .literal(.absent))
        case .coalescing: return .first(nodes)
        case .attribute: return nodes[0]
        case .reference(let reference): return self.reference(reference)
        case .matching: return .matches(nodes[0], try pattern(arguments[1], over: arguments[0]))
        case .dateFormatting:
            let format = try literal(arguments[1], "The format")
            do throws(DateFormat.FormatError) {
                return .formatted(nodes[0], try DateFormat(format))
            } catch {
                throw ExpressionError(at: arguments[1].position, error.message, suggestion: "\"yyyy-MM-dd\"")
            }
        }
    }

    private mutating func pattern(_ argument: Checked, over text: Checked) throws(ExpressionError) -> Pattern {
        let source = try literal(argument, "The pattern")
        let pattern: Pattern
        do throws(PatternError) {
            pattern = try Pattern(source)
        } catch {
            throw ExpressionError(
                at: argument.position,
                "In the pattern, after \(error.position) characters: \(error.message)"
            )
        }
        try add(cost: text.size * pattern.states.count, at: argument.position)
        return pattern
    }

    private func literal(_ argument: Checked, _ what: String) throws(ExpressionError) -> String {
        guard case .literal(.text(let text)) = argument.node else {
            throw ExpressionError(at: argument.position, "\(what) stands in quotes: it is checked with the expression.")
        }
        return text
    }
}
