import Mapping
import Messages
import Postgres
import Runtime

/// An identity provider whose rules fill an extended field.
struct FieldUse: Encodable, Sendable {
    var idpID: IdentityProviderID
    var name: String
    /// The rules that do.
    var rules: [MappingRule]

    /// Nil where no rule does.
    init?(of key: String, by configuration: IdentityProviderConfiguration) {
        rules = configuration.mapping.filter { $0.target == key }
        if rules.isEmpty { return nil }
        idpID = configuration.id
        name = configuration.name.description
    }

    /// The same with those rules alone whose fixed value the field could hold and cannot any more; nil where no rule's.
    ///
    /// Nothing else of a mapping goes by what an extended field takes: expressions and filters are of WeCom's fields.
    func voided(from old: ExtendedField, to new: ExtendedField) -> FieldUse? {
        var use = self
        use.rules = rules.filter { rule in
            guard let value = rule.value, !value.isEmpty else { return false }
            return CompiledMapping.takes(value, for: rule, among: [old])
                && !CompiledMapping.takes(value, for: rule, among: [new])
        }
        return use.rules.isEmpty ? nil : use
    }
}

extension Problem {
    /// 409: the field is filled; names the rules and identity providers.
    static func fieldInUse(_ key: String, _ uses: [FieldUse], deleting: Bool) -> Problem {
        let names = uses.map { "\"\($0.name)\"" }.joined(separator: ", ")
        var problem = Problem.conflict(
            "field-in-use",
            deleting
                ? "Rules of \(names) fill \"\(key)\"; they go with it, and so do everybody's values."
                : "Rules of \(names) fill \"\(key)\"; the next run maps everybody anew.",
            fix: "If that is meant, send the same request with ?confirm=\(key)."
        )
        problem.extensions["usedBy"] = uses
        return problem
    }

    /// 409: rules give the field a fixed value that it could not hold; names the values and identity providers.
    static func fixedValuesInUse(_ key: String, _ uses: [FieldUse]) -> Problem {
        let given = uses.map { use in
            let values = use.rules.compactMap(\.value).map { $0.count > 40 ? "\($0.prefix(40))…" : $0 }
            return "\"\(use.name)\" → \(values.joined(separator: ", "))"
        }
        var problem = Problem.conflict(
            "field-value-in-use",
            "\(key) could not hold any more what rules give it as a fixed value (\(given.joined(separator: ", "))).",
            fix: "Give these rules another value first: PATCH \"mapping\" of their identity providers."
        )
        problem.extensions["usedBy"] = uses
        return problem
    }
}
