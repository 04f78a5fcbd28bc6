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
}
