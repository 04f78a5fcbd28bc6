import Expressions
import Messages

/// A mapping rule, made ready: where a value comes from, of what type it is, and what is done where there is none.
struct ValueRule: Equatable, Sendable {
    /// What is told where a value cannot be taken: WeCom's field, or the directory's where it is made of several.
    let name: String
    /// `nil` for a field that WeCom does not have.
    let source: ValueSource?
    let type: FieldType
    let missing: MappingRule.Missing
    /// What stands in where WeCom has nothing, and that is asked for.
    let fallback: String

    /// - Parameter type: What the values of the rule's target are.
    init(_ rule: MappingRule, _ type: FieldType = .text) {
        let fixed = rule.value ?? ""
        let isKept = fixed.isEmpty || (try? type.taken(.text(fixed)).get()) != nil
        source =
            switch rule.kind {
            case .direct: rule.source.flatMap(ValueSource.init)
            // What the directory cannot keep stands in for nothing.
            case .constant: isKept ? .constant(fixed) : nil
            case .expression: rule.expression.flatMap { BoundExpression($0) }.map(ValueSource.expression)
            }
        name = rule.kind == .direct ? rule.source ?? rule.target : rule.target
        // Nobody who is in the directory is left out of a run for want of what only new people are given.
        missing = rule.when == .onCreate && rule.missing == .reject ? .keep : rule.missing
        fallback = (try? type.taken(.text(fixed)).get()) ?? ""
        self.type = type
    }

    /// The value for a user: `nil` leaves the directory's as it is, an empty text clears it.
    ///
    /// What cannot be taken is noted, and leaves the directory's as it is.
    func value(for user: inout WeComUser) throws(RecordRefusal) -> String? {
        guard let source else { return try stand(in: false) }
        // Most rules, and read as the directory keeps it.
        if type == .text, case .field(let key) = source, let text = user.text(of: key), !text.isEmpty { return text }
        let value: Value
        do throws(EvaluationError) {
            value = try source.value(for: user)
        } catch {
            user.note(name, .tooLong, isOfRule: true)
            return nil
        }
        let isEmpty = isEmpty(value)
        if source.mayBeUntaken(where: isEmpty), source.isUntaken(of: user) { return nil }
        return isEmpty ? try stand(in: value != .absent) : taken(value, of: &user)
    }

    private func isEmpty(_ value: Value) -> Bool {
        if value.isEmpty { return true }
        guard type != .text, case .text(let text) = value else { return false }
        return text.allSatisfy(\.isWhitespace)
    }

    /// What becomes of the field where there is no value.
    ///
    /// - Parameter isTold: Whether WeCom tells that there is none.
    private func stand(in isTold: Bool) throws(RecordRefusal) -> String? {
        switch missing {
        case .keep: return isTold ? "" : nil
        case .clear: return ""
        case .default: return fallback
        case .reject: throw RecordRefusal("the rule that needs \(name) finds no value")
        }
    }

    private func taken(_ value: Value, of user: inout WeComUser) -> String? {
        var value = value
        if type != .text, case .text(let text) = value { value = .text(text.trimmingSpaces) }
        switch type.taken(value) {
        case .success(let text): return text
        case .failure(let untaken):
            user.note(name, untaken.kind, isOfRule: true)
            return nil
        }
    }
}
