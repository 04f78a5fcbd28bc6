import Messages
import Postgres

/// Which part of the directory a run has to know.
enum IndexSelection: Equatable {
    /// Nothing: it looks at nobody.
    case nothing
    /// Everything.
    case all
    /// These people and departments.
    case only(users: [String], departments: [Int64])

    init(_ started: RunStarted) {
        switch started.kind {
        case .delete, .apply, .reject, .undo: self = .nothing
        case .full, .repair, .departments, .replay: self = .all
        case .objects:
            let target = started.target ?? RunTarget()
            let keys = target.users.map { started.terms.userIDCase.key(of: $0).text }
            self = target.departments.isEmpty ? .only(users: keys, departments: []) : .all
        }
    }

    /// The condition on `directory.users`.
    var users: SQL {
        switch self {
        case .nothing: "false"
        case .all: "true"
        case .only(let keys, _): "directory_key = any(\(keys)::text[])"
        }
    }

    /// The condition on `directory.former_users`.
    var formerUsers: SQL {
        switch self {
        case .nothing: "false"
        case .all: "true"
        case .only(let keys, _): "key_digest = any(\(keys.map { ContentDigest(of: $0).bytes })::bytea[])"
        }
    }

    /// The condition on `directory.departments`.
    var departments: SQL {
        switch self {
        case .nothing: "false"
        case .all: "true"
        case .only(_, let ids): "external_id = any(\(ids)::bigint[])"
        }
    }
}
