import JSONCoding
import MessageSchemas
import Testing

/// A change that has to be refused: who could not live with it, where, and what is said of it.
struct RefusedEdit: CustomTestStringConvertible {
    let edit: ContractEdit
    let path: String
    let victim: Incompatibility.Victim
    let reason: String

    init(
        _ name: String,
        _ file: String,
        _ place: String,
        at path: String,
        _ victim: Incompatibility.Victim,
        _ reason: String,
        _ change: @escaping @Sendable (JSONValue?) -> JSONValue?
    ) {
        edit = ContractEdit(name, file, place, change)
        (self.path, self.victim, self.reason) = (path, victim, reason)
    }

    var testDescription: String { edit.name }
}
