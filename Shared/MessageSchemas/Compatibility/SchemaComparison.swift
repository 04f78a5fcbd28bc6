/// Compares two forms of one value in both directions: what was written must be read now, as topics are read again from
/// any offset, and what is written now must be read by what is still running.
///
/// Readers ignore members that they do not know, and refuse whatever else is not of their form.
struct SchemaComparison {
    private(set) var changes: [ContractChange] = []

    /// - Parameters:
    ///   - old: As released.
    ///   - new: As it is now.
    init(_ old: ReleasedSchema, _ new: ReleasedSchema, at path: String = "") {
        guard old.type == new.type else {
            changes = [
                ContractChange(
                    path: path,
                    victim: .both,
                    reason: "it was \(old.type) and is \(new.type).",
                    remedy:
                        "keep it as it is and add an optional member of another name, or \(ContractChange.newVersion)"
                )
            ]
            return
        }
        changes += Self.values(old, new, at: path)
        changes += Self.words(old, new, at: path)
        changes += Self.bounds(old, new, at: path)
        changes += Self.alternatives(old, new, at: path)
        changes += Self.members(old, new, at: path)
        changes += Self.elements(old, new, at: path)
    }

    // MARK: Parts

    private static func alternatives(_ old: ReleasedSchema, _ new: ReleasedSchema, at path: String) -> [ContractChange]
    {
        // Where only one has any, it is told as a word that comes or goes.
        guard let before = old.alternatives, let after = new.alternatives else { return [] }
        var left = after
        var changes: [ContractChange] = []
        for form in before {
            // The one that it became: without a change of its own, else none.
            if let same = left.firstIndex(where: { SchemaComparison(form, $0).changes.isEmpty }) {
                left.remove(at: same)
            } else {
                changes.append(
                    ContractChange(
                        path: path,
                        victim: .both,
                        reason: "one of its alternatives is gone or another.",
                        remedy: "keep each alternative as it is; \(ContractChange.newVersion)"
                    )
                )
            }
        }
        if after.count > before.count {
            changes.append(
                ContractChange(
                    path: path,
                    victim: .releasedReader,
                    reason: "it has an alternative more, which readers refuse.",
                    remedy: "add an optional member beside it instead, or \(ContractChange.newVersion)"
                )
            )
        }
        return changes
    }

    private static func members(_ old: ReleasedSchema, _ new: ReleasedSchema, at path: String) -> [ContractChange] {
        var changes: [ContractChange] = []
        if old.isClosed != new.isClosed {
            changes.append(
                ContractChange(
                    path: path,
                    victim: new.isClosed ? .presentReader : .releasedReader,
                    reason: new.isClosed
                        ? "members that are not known are refused now." : "members may come that readers refuse.",
                    remedy: "leave it to readers to ignore what they do not know."
                )
            )
        }
        if old.others != nil || new.others != nil {
            changes += part(old.others, new.others, at: path + "{}")
        }
        let (before, after) = (old.properties, new.properties)
        for name in Set(before.keys).union(after.keys).union(old.required).union(new.required).sorted() {
            let place = path.isEmpty ? name : "\(path).\(name)"
            let (was, `is`) = (old.required.contains(name), new.required.contains(name))
            if let change = presence(
                of: name,
                at: place,
                was,
                `is`,
                isOld: before[name] != nil,
                isNew: after[name] != nil
            ) {
                changes.append(change)
            }
            switch (before[name], after[name]) {
            case (let one?, let other?): changes += SchemaComparison(one, other, at: place).changes
            case (nil, let other?): changes += named(other, beside: old, at: place)
            case (let one?, nil): changes += unnamed(one, beside: new, at: place)
            case (nil, nil): break
            }
        }
        return changes
    }

    private static func presence(
        of name: String,
        at place: String,
        _ wasRequired: Bool,
        _ isRequired: Bool,
        isOld: Bool,
        isNew: Bool
    ) -> ContractChange? {
        switch (wasRequired, isRequired) {
        case (true, false):
            ContractChange(
                path: place,
                victim: .releasedReader,
                reason: isNew ? "it may be missing now, and readers need it." : "it is gone, and readers need it.",
                remedy: "go on writing it, with the value that comes nearest, until \(name) is in no released reader."
            )
        case (false, true):
            ContractChange(
                path: place,
                victim: .presentReader,
                reason: isOld
                    ? "it is needed now, and could be missing." : "it is new and needed, and was never written.",
                remedy: "make it optional, and say what is usual where it is missing."
            )
        default: nil
        }
    }

    /// A member that the release does not name: its readers hold it to what they hold all such members to.
    private static func named(_ form: ReleasedSchema, beside old: ReleasedSchema, at place: String) -> [ContractChange]
    {
        var changes: [ContractChange] = []
        if let censor = old.censor {
            changes.append(
                ContractChange(
                    path: place,
                    victim: .releasedReader,
                    reason: "it is new, and the \(censor) of readers may refuse what they do not know.",
                    remedy: "give the new member a place where readers ignore it, or \(ContractChange.newVersion)"
                )
            )
        }
        if let others = old.others { changes += SchemaComparison(others, form, at: place).changes }
        return changes
    }

    /// A member that is named no longer: it was written, and is held to what all such members are.
    private static func unnamed(
        _ form: ReleasedSchema,
        beside new: ReleasedSchema,
        at place: String
    ) -> [ContractChange] {
        var changes: [ContractChange] = []
        if let censor = new.censor {
            changes.append(
                ContractChange(
                    path: place,
                    victim: .presentReader,
                    reason: "it is named no longer, and \(censor) may refuse it where it was written.",
                    remedy: "go on naming it, and write it no longer."
                )
            )
        }
        if let others = new.others { changes += SchemaComparison(form, others, at: place).changes }
        return changes
    }

    private static func elements(_ old: ReleasedSchema, _ new: ReleasedSchema, at path: String) -> [ContractChange] {
        guard old.items != nil || new.items != nil else { return [] }
        return part(old.items, new.items, at: path + "[]")
    }

    private static func part(_ old: ReleasedSchema?, _ new: ReleasedSchema?, at path: String) -> [ContractChange] {
        if let old, let new { return SchemaComparison(old, new, at: path).changes }
        return [
            ContractChange(
                path: path,
                victim: old == nil ? .presentReader : .releasedReader,
                reason: old == nil
                    ? "anything was allowed here, and one form is now."
                    : "one form was allowed here, and anything is now.",
                remedy: "keep its form; \(ContractChange.newVersion)"
            )
        ]
    }
}
