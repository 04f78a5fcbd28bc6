import Expressions
import Mapping
import Messages
import Runtime

/// Checks what a mapping's rules and filter mean before they are saved or tried.
struct MappingCheck {
    /// A mistake in an expression, for a program that shows it at its place.
    struct ExpressionMistake: Encodable, Equatable, Sendable {
        /// The rule's place in the list; nil for the filter.
        var rule: Int?
        /// Characters of the expression before the mistake.
        var position: Int
        var message: String
        /// What was probably meant.
        var suggestion: String?
    }

    /// Steps that all expressions together may need for one person.
    private static let cost = 4 * ExpressionLimits.cost

    private let extended: [ExtendedField]
    private var mistakes: [FieldError] = []
    private var expressions: [ExpressionMistake] = []
    private var cost = 0

    /// Throws 400 when a rule fills a field that neither the directory nor the tenant has, or takes its value from
    /// where nobody has one, or an expression is none; lists every mistake, those of expressions with their places.
    static func require(_ rules: [MappingRule], filter: String?, among extended: [ExtendedField]) throws {
        var check = MappingCheck(extended: extended)
        for (index, rule) in rules.enumerated() { check.look(at: rule, index) }
        if let filter { check.look(at: filter, of: nil, giving: .boolean) }
        if check.cost > Self.cost {
            check.mistakes.append(FieldError("mapping", "All expressions together could take too long for one person."))
        }
        guard !check.mistakes.isEmpty else { return }
        var problem = Problem.invalid(check.mistakes)
        if !check.expressions.isEmpty { problem.extensions["expressions"] = check.expressions }
        throw problem
    }

    private init(extended: [ExtendedField]) { self.extended = extended }

    private mutating func look(at rule: MappingRule, _ index: Int) {
        let fields = DirectoryField.allCases.map(\.rawValue) + extended.map(\.key)
        if !fields.contains(rule.target) {
            mistakes.append(
                FieldError(
                    "mapping[\(index)].target",
                    "There is no field \"\(rule.target)\". The fields are \(fields.joined(separator: ", "))."
                )
            )
        }
        if rule.target == DirectoryField.status.rawValue, rule.when == .onCreate {
            mistakes.append(
                FieldError("mapping[\(index)].when", "The status follows WeCom in every run. Give \"always\".")
            )
        }
        if rule.when == .onCreate, rule.missing == .reject {
            mistakes.append(
                FieldError(
                    "mapping[\(index)].missing",
                    "A rule for new people only cannot reject people in every run. Give \"always\", "
                        + "or \"keep\", \"clear\" or \"default\" where there is no value."
                )
            )
        }
        if rule.kind == .direct, let source = rule.source, let fault = DirectSource.fault(of: source) {
            mistakes.append(FieldError("mapping[\(index)].source", fault.sentence(about: source)))
        }
        if rule.kind == .expression, let expression = rule.expression { look(at: expression, of: index) }
        if let value = rule.value, !value.isEmpty, !CompiledMapping.takes(value, for: rule, among: extended) {
            mistakes.append(FieldError("mapping[\(index)].value", "\(rule.target) cannot hold this value."))
        }
    }

    private mutating func look(at source: String, of rule: Int?, giving type: ValueType? = nil) {
        let field = rule.map { "mapping[\($0)].expression" } ?? "filter"
        do throws(ExpressionError) {
            let expression = try Expression(source, in: .weCom)
            cost += expression.cost
            if let type, expression.type != type {
                throw ExpressionError(at: 0, "A filter is true or false; this is something else.", suggestion: "… == …")
            }
        } catch {
            let advice = error.suggestion.map { " Did you mean \($0)?" } ?? ""
            mistakes.append(FieldError(field, "After \(error.position) characters: \(error.message)\(advice)"))
            expressions.append(
                ExpressionMistake(
                    rule: rule,
                    position: error.position,
                    message: error.message,
                    suggestion: error.suggestion
                )
            )
        }
    }
}

extension DirectSource.Fault {
    /// What is the matter with a source, and what to give instead.
    fileprivate func sentence(about source: String) -> String {
        switch self {
        case .unknown(nearest: let nearest?):
            "WeCom's user has no field \"\(source)\". Did you mean \(nearest)?"
        case .unknown(nearest: nil):
            "WeCom's user has no field \"\(source)\". Give one such as email, or extattr. and the name of one that the "
                + "enterprise added."
        case .needsExpression(let expression):
            "A direct rule can take no value from \(source). Give \"kind\": \"expression\" with \(expression)."
        case .noText:
            "A direct rule can take no value from \(source). Give another field, such as email, or extattr. and the "
                + "name of one that the enterprise added."
        }
    }
}
