import Runtime

/// What departments are called, by number.
struct DepartmentNames: Sendable {
    /// Departments that are asked for at once.
    private static let most = 500

    private var names: [Int: String] = [:]

    /// The department's name, or its number where it has none.
    subscript(id: Int) -> String { names[id] ?? "\(id)" }

    /// The department's name.
    func name(of id: Int) -> String? { names[id] }

    /// Asks the directory for the names of some; those that it does not tell are shown by their numbers.
    static func read(_ wanted: Set<Int>, of provider: IdentityProvider?, _ visit: Visit) async -> DepartmentNames {
        var known = DepartmentNames()
        guard let provider, !wanted.isEmpty else { return known }
        let page = try? await visit.desk.directory.get(
            "/api/v1/idps/\(provider.id)/departments",
            [
                ("externalIDs", wanted.sorted().prefix(most).map { "\($0)" }.joined(separator: ",")),
                ("limit", "\(most)"),
            ],
            as: Listed<DirectoryDepartment>.self
        )
        for department in page?.items ?? [] { known.names[department.externalID] = department.name }
        return known
    }

    /// The departments that values of people and departments name.
    static func named(in values: [[String: JSON]?]) -> Set<Int> {
        var found: Set<Int> = []
        for values in values.compactMap(\.self) {
            for name in ["mainDepartment", "parentID"] {
                if case .integer(let id)? = values[name] { found.insert(Int(id)) }
            }
            guard case .array(let memberships)? = values["departments"] else { continue }
            for case .object(let membership) in memberships {
                if case .integer(let id)? = membership["id"] { found.insert(Int(id)) }
            }
        }
        return found
    }
}
