import Runtime
import Web

/// The rules and the filter that a form gives.
struct MappingEntries: Sendable {
    let rules: [IdentityProvider.Rule]
    /// Nil for none.
    let filter: String?

    init(_ form: FormFields, _ provider: IdentityProvider) {
        rules = (MappingForm.targets + provider.extendedFields.map(\.key)).compactMap { target in
            guard let kind = form["kind.\(target)"], kind != "none" else { return nil }
            let source = form["source.\(target)"] ?? ""
            let missing = form["missing.\(target)"] ?? "keep"
            return IdentityProvider.Rule(
                target: target,
                kind: kind,
                source: kind == "direct" ? source : nil,
                expression: kind == "expression" ? source : nil,
                value: kind == "constant" || missing == "default" ? form["value.\(target)"] ?? "" : nil,
                when: form["when.\(target)"] ?? "always",
                missing: missing
            )
        }
        filter = form["filter"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// As the registry takes them.
    var change: [String: JSON] {
        ["mapping": .array(rules.map(\.json)), "filter": filter.map(JSON.string) ?? .null]
    }
}

extension IdentityProvider.Rule {
    fileprivate var json: JSON {
        var rule: [String: JSON] = [
            "target": .string(target), "kind": .string(kind), "when": .string(when), "missing": .string(missing),
        ]
        rule["source"] = source.map(JSON.string)
        rule["expression"] = expression.map(JSON.string)
        rule["value"] = value.map(JSON.string)
        return .object(rule)
    }
}
