import Postgres

/// The kinds of resources.
enum SCIMResourceKind: String, CaseIterable, Sendable {
    case users = "Users"
    case groups = "Groups"

    /// What a resource's `meta` calls it.
    var name: String {
        switch self {
        case .users: "User"
        case .groups: "Group"
        }
    }

    var schema: String {
        switch self {
        case .users: SCIMSchema.user
        case .groups: SCIMSchema.group
        }
    }

    var extensions: [String] {
        switch self {
        case .users: [SCIMSchema.enterprise, SCIMSchema.person, SCIMSchema.extendedFields]
        case .groups: [SCIMSchema.department]
        }
    }

    var filterModel: FilterModel {
        switch self {
        case .users: .user
        case .groups: .group
        }
    }

    /// Whether a cursor is of this kind.
    func holds(_ cursor: SCIMCursor) -> Bool {
        switch (self, cursor.last?.place) {
        case (_, nil), (.users, .user), (.groups, .department): true
        default: false
        }
    }
}
