import Runtime

/// Tells settings of an identity provider in words, as their forms do.
struct SettingText: Sendable {
    let fields: [ExtendedField]
    let texts: Texts

    /// What the setting is called.
    func label(_ name: String) -> String { texts.find("field.\(name)") ?? name }

    /// Its value; of a list, a line for each of its elements.
    func lines(_ value: JSON?, of name: String) -> [String] {
        switch (name, value) {
        case (_, nil): []
        case (_, .boolean(let isTrue)?): [texts[isTrue ? "common.yes" : "common.no"]]
        case ("status", .string(let status)?): [texts.find("idp.\(status)") ?? status]
        case ("mapping", .array(let rules)?): rules.flatMap { rule($0) }
        case (_, let value?): value.lines
        }
    }

    /// A rule of the mapping.
    private func rule(_ rule: JSON) -> [String] {
        guard case .object(let members) = rule, let target = text(members["target"]), let kind = text(members["kind"])
        else { return rule.lines }
        let source = text(members["source"]) ?? text(members["expression"]) ?? text(members["value"]) ?? ""
        let title = fields.first { $0.key == target }?.title(in: texts.language)
        var line = texts[
            "mapping.rule",
            [
                "field": texts.find("directory.\(target)") ?? title ?? target,
                "kind": texts.find("mapping.\(kind)") ?? kind, "source": source,
            ]
        ]
        if let when = text(members["when"]), when != "always" {
            line += " · " + (texts.find("mapping.\(when)") ?? when)
        }
        if let missing = text(members["missing"]), missing != "keep" {
            line += " · \(texts["mapping.missing"]) \(texts.find("mapping.\(missing)") ?? missing)"
            if missing == "default", let value = text(members["value"]) { line += " \(value)" }
        }
        return [line]
    }

    private func text(_ value: JSON?) -> String? { if case .string(let text)? = value { text } else { nil } }
}
