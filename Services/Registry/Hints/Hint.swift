import Messages
import WeCom

/// What is to be read because WeCom told of a change: an id, and nothing else of what it told.
enum Hint: Hashable, Sendable {
    /// - `renamedTo`: The user id that the person has now, as WeCom told.
    case user(String, isToldDeleted: Bool = false, renamedTo: String? = nil)
    case department(Int64)
    /// What cannot be read one by one.
    case everything

    /// What a storm of changes, or a tag, comes to: more than this is not read one by one.
    static let mostObjects = RunTarget.mostObjects
    /// New user ids that are kept in a storm: each needs two people read. More of them are a change of all ids, which a
    /// full run recognises.
    static let mostRenamings = mostObjects / 2
}

extension ContactChange {
    /// What it hints at; nothing where it names nobody who can be.
    var hints: [Hint] {
        switch subject {
        case .user(let id, let newID):
            // Whether one became the other, only reading both can show.
            let changed = newID.map { $0 == id ? [] : [Hint.user($0)] }?.filter(\.isPossible) ?? []
            let renamedTo = changed.isEmpty ? nil : newID
            return [.user(id, isToldDeleted: kind == .deleted, renamedTo: renamedTo)].filter(\.isPossible) + changed
        case .department(let id): return [Hint.department(id)].filter(\.isPossible)
        case .tag: return [.everything]
        case .visibility(let userID): return [Hint.user(userID)].filter(\.isPossible)
        }
    }
}

extension Hint {
    /// Whether WeCom can have such an object.
    fileprivate var isPossible: Bool {
        switch self {
        case .user(let id, _, _): (try? WeComUserID(id, isEncrypted: false)) != nil
        case .department(let id): (1...Int64(Int32.max)).contains(id)
        case .everything: true
        }
    }
}

extension RunWork {
    /// What reads all that is hinted at; nil where the identity provider's settings leave nothing to read.
    ///
    /// - Parameters:
    ///   - usual: What a run that follows the settings does.
    ///   - asksForPaths: Whether rules ask where departments stand: one that was renamed or moved concerns whoever is
    ///     below it.
    init?(reading hints: [Hint], usual: RunWork, asksForPaths: Bool = false) {
        var target = RunTarget()
        for case .user(let id, let isToldDeleted, let renamedTo) in hints {
            target.users.append(id)
            if isToldDeleted { target.toldDeleted.append(id) }
            if let renamedTo { target.toldRenamed.append(RunTarget.Renaming(from: id, to: renamedTo)) }
        }
        // A storm keeps the hint at the old id alone.
        let renamed = target.toldRenamed.map(\.to).filter { !target.users.contains($0) }
        target.users = (target.users + renamed).withoutRepetitions
        for case .department(let id) in hints { target.departments.append(id) }
        target.includesBelow = asksForPaths && !target.departments.isEmpty
        let isEverything = hints.contains(.everything)
        if usual == .departments {
            guard isEverything || !target.departments.isEmpty else { return nil }
            self = .departments
        } else if isEverything || target.users.count + target.departments.count > Hint.mostObjects {
            self = .full
        } else if hints.isEmpty {
            return nil
        } else {
            self = .objects(target)
        }
    }
}
