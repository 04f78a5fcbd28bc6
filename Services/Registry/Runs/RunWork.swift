import Messages

/// What a run does, with what that needs.
enum RunWork: Sendable, Equatable {
    /// Reads the structure and the people.
    case full
    /// Reads both, and mends what the directory has otherwise under a right hash.
    case repair
    /// Reads the structure.
    case departments
    /// Reads single people and departments.
    case objects(RunTarget)
    /// Carries out what is held.
    case apply(HeldSelection)
    /// Keeps what is held as it is.
    case reject(HeldSelection)
    /// Takes back what a run did.
    case undo(HeldSelection)
    /// Tells again what the topics still have; nobody but `bridgectl` does it.
    case replay
    /// Shuts everybody of a deleted identity provider out.
    case delete

    /// Nil when the kind lacks what it needs.
    init?(_ kind: RunSync.Kind, _ target: RunTarget?, _ selection: HeldSelection?) {
        switch (kind, target, selection) {
        case (.full, _, _): self = .full
        case (.repair, _, _): self = .repair
        case (.departments, _, _): self = .departments
        case (.objects, let target?, _): self = .objects(target)
        case (.apply, _, let selection?): self = .apply(selection)
        case (.reject, _, let selection?): self = .reject(selection)
        case (.replay, _, _): self = .replay
        case (.delete, _, _): self = .delete
        case (.undo, _, let selection?): self = .undo(selection)
        case (.objects, nil, _), (.apply, _, nil), (.reject, _, nil), (.undo, _, nil): return nil
        }
    }

    /// Its kind, as messages call it.
    var kind: RunSync.Kind {
        switch self {
        case .full: .full
        case .repair: .repair
        case .departments: .departments
        case .objects: .objects
        case .apply: .apply
        case .reject: .reject
        case .undo: .undo
        case .replay: .replay
        case .delete: .delete
        }
    }

    /// What is read, where that is not everything.
    var target: RunTarget? {
        if case .objects(let target) = self { target } else { nil }
    }

    /// What is decided about.
    var selection: HeldSelection? {
        switch self {
        case .apply(let selection), .reject(let selection), .undo(let selection): selection
        case .full, .repair, .departments, .objects, .replay, .delete: nil
        }
    }

    /// Whether it carries out what somebody has decided.
    var isDecision: Bool { selection != nil }
}

extension RunWork {
    /// What does both, so that one waiting run stands for two requests: never less than either.
    ///
    /// Nil where each needs a run of its own, as a decision does.
    func joined(with other: RunWork) -> RunWork? {
        // Each replay tells something else.
        if self == .replay || other == .replay { return nil }
        if self == other { return self }
        switch (self, other) {
        case (.objects(let one), .objects(let other)): return one.joined(with: other)
        case (.repair, _) where other.reads, (_, .repair) where reads: return .repair
        case (.full, _) where other.reads, (_, .full) where reads: return .full
        case (.departments, .objects), (.objects, .departments): return .full
        default: return nil
        }
    }

    /// As ``joined(with:)``; where only the structure is synchronised, two requests that want less do not bring everybody
    /// together.
    ///
    /// - Parameter usual: What the identity provider's runs do unasked.
    func joined(with other: RunWork, usual: RunWork) -> RunWork? {
        let joined = joined(with: other)
        let isMore = joined == .full && self != .full && other != .full
        return isMore && usual == .departments ? nil : joined
    }

    /// Whether it reads WeCom's directory.
    private var reads: Bool {
        switch self {
        case .full, .repair, .departments, .objects: true
        case .apply, .reject, .undo, .replay, .delete: false
        }
    }
}

extension RunTarget {
    /// The objects of both, each once; everything, where these are more than a run reads one by one.
    ///
    /// What is below the departments of one is read below those of the other, too: reading more does no harm.
    func joined(with other: RunTarget) -> RunWork {
        let joined = RunTarget(
            users: (users + other.users).withoutRepetitions,
            departments: (departments + other.departments).withoutRepetitions,
            includesBelow: includesBelow || other.includesBelow,
            toldDeleted: (toldDeleted + other.toldDeleted).withoutRepetitions,
            toldRenamed: (toldRenamed + other.toldRenamed).withoutRepetitions
        )
        return joined.users.count + joined.departments.count > Self.mostObjects ? .full : .objects(joined)
    }
}

extension Array where Element: Hashable {
    /// Each element once, where it stands first.
    var withoutRepetitions: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
