import Mapping
import Messages
import WeCom

/// The rules that are tried beside those in force, and what a run by either begins with.
struct MappingComparison: Sendable {
    /// What becomes of somebody.
    struct Outcome: Sendable {
        /// By a run by the rules in force.
        var before: MergedPerson
        /// By a run by the rules that are tried.
        var after: MergedPerson
        /// What the rules that are tried make of the person by themselves.
        var tried: MappedPerson
    }

    /// Whom the directory has; nil where it does not say: then it is taken to have what the rules in force make.
    var stored: [WeComUserID: StoredPerson]?
    private let tried: CompiledMapping
    private let inForce: CompiledMapping
    private let corp: CorpID
    private let required: [ExtendedField]
    /// Whether nobody loses access by being disabled in WeCom.
    private let keepsAccess: Bool
    private let protected: Set<WeComUserID>

    init(_ rules: MappingPreview.Rules, with configuration: IdentityProviderConfiguration, of corp: CorpID) {
        tried = CompiledMapping(
            rules.mapping,
            filter: rules.filter,
            extendedFields: configuration.extendedFields
        )
        inForce = CompiledMapping(configuration)
        self.corp = corp
        required = configuration.extendedFields.filter(\.isRequired)
        let limits = configuration.safetyLimits
        keepsAccess = limits.policies.disabledInWeCom == .keep
        protected = Set(limits.protectedUsers.compactMap { try? WeComUserID($0, of: corp) })
    }

    /// Whether people have to tell where their departments stand.
    var asksForDepartmentPaths: Bool { tried.asksForDepartmentPaths || inForce.asksForDepartmentPaths }

    func outcome(of person: LivePerson) -> Outcome {
        let (usual, new) = (MappedPerson(person, by: inForce), MappedPerson(person, by: tried))
        let id = try? WeComUserID(person.id, of: corp)
        var found = usual.values.map { StoredPerson(values: $0, isEnabled: usual.isEnabled) }
        if let stored, let id { found = stored[id] }
        let staysEnabled = keepsAccess || id.map { protected.contains($0) } ?? false
        return Outcome(
            before: MergedPerson(usual, over: found, keepsAccess: staysEnabled),
            after: MergedPerson(new, over: found, keepsAccess: staysEnabled),
            tried: new
        )
    }

    /// The keys of required fields that are empty; of somebody who is not in the directory none are.
    func missing(in values: [String: String]) -> [String] {
        guard !values.isEmpty else { return [] }
        let empty = required.filter { field in
            let value = values[field.key] ?? ""
            return value.isEmpty || field.type == .textList && value == "[]"
        }
        return empty.map(\.key)
    }
}
