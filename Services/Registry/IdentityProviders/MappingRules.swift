import Expressions
import Mapping
import Messages
import Runtime

/// What rules the mapping of fields may consist of.
enum MappingRules {
    /// A list of rules, each target at most once.
    static let rule = one.list(upTo: 200).then { rules throws(Mistakes) in
        var seen: Set<String> = []
        let repeated = rules.enumerated().filter { !seen.insert($0.element.target).inserted }
        guard repeated.isEmpty else {
            throw Mistakes(
                repeated.map { index, rule in
                    FieldError("[\(index)].target", "\(rule.target) has a rule already. Give each target one rule.")
                }
            )
        }
        let size = rules.reduce(0) { $0 + ($1.value ?? "").utf8.count }
        guard size <= valueBytes else {
            throw Mistakes("Give at most \(valueBytes) bytes of UTF-8 in all values together; these are \(size).")
        }
        return rules
    }

    /// An expression, of which only the length is known yet.
    static let expression = Rule<String>.text(1...ExpressionLimits.sourceLength)

    /// Constants are told with every person, who has to fit into a message with all of them.
    private static let valueBytes = 32_768

    private static let one = Form.object { form throws(Mistakes) -> MappingRule? in
        let target = form.required("target", .text(1...40))
        let kind = form.required("kind", Rule<MappingRule.Kind>.word)
        let when = form.optional("when", Rule<MappingRule.When>.word) ?? .always
        let missing = form.optional("missing", Rule<MappingRule.Missing>.word) ?? .keep
        let needsValue = kind == .constant || missing == .default
        let source = read(&form, "source", Self.source, isRequired: kind == .direct)
        let expression = read(&form, "expression", Self.expression, isRequired: kind == .expression)
        let value = read(&form, "value", .text(0...1_000), isRequired: needsValue)
        guard let target, let kind else { return nil }
        if kind != .direct { form.forbidden("source", "Leave the source out, or give \"kind\": \"direct\".") }
        if kind != .expression {
            form.forbidden("expression", "Leave the expression out, or give \"kind\": \"expression\".")
        }
        if !needsValue { form.forbidden("value", "Leave the value out, or give \"missing\": \"default\".") }
        return MappingRule(
            target: target,
            kind: kind,
            source: source,
            expression: expression,
            value: value,
            when: when,
            missing: missing
        )
    }

    private static func read(_ form: inout Form, _ name: String, _ rule: Rule<String>, isRequired: Bool) -> String? {
        isRequired ? form.required(name, rule) : form.optional(name, rule)
    }

    /// A key of WeCom's user object, or `extattr.<name>`.
    private static let source = Rule<String>.text(1...72).then { source throws(Mistakes) in
        if source.hasPrefix("extattr.") {
            guard source.count > "extattr.".count else { throw Mistakes("Give the field's name after \"extattr.\".") }
            return source
        }
        guard source.utf8.allSatisfy(isOfKey) else {
            throw Mistakes(
                "Give a field of WeCom's user, such as email, or extattr. and the name of one that the enterprise added."
            )
        }
        return source
    }

    private static func isOfKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
