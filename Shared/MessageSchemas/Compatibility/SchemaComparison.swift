import JSONCoding

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
        changes += Self.forms(old, new, at: path)
        changes += Self.bounds(old, new, at: path)
        changes += Self.alternatives(old, new, at: path)
        changes += Self.members(old, new, at: path)
        changes += Self.elements(old, new, at: path)
    }

    // MARK: Values

    private static func values(_ old: ReleasedSchema, _ new: ReleasedSchema, at path: String) -> [ContractChange] {
        switch (old.values, new.values) {
        case (nil, nil): return []
        case (nil, _?):
            return [
                ContractChange(
                    path: path,
                    victim: .presentReader,
                    reason: "any value was allowed, and only some are now.",
                    remedy: "go on taking any value, and treat what is not known as the usual."
                )
            ]
        case (_?, nil):
            return [
                ContractChange(
                    path: path,
                    victim: .releasedReader,
                    reason: "only some values were allowed, and any is now.",
                    remedy: "keep the member at values that are known, and add an optional one that says more."
                )
            ]
        case (let old?, let new?):
            let (added, removed) = (new.subtracting(old), old.subtracting(new))
            var changes: [ContractChange] = []
            if !added.isEmpty {
                changes.append(
                    ContractChange(
                        path: path,
                        victim: .releasedReader,
                        reason: "the value \(list(added)) is new, and who does not know it refuses the message.",
                        remedy: "write the known value that comes nearest, and add an optional member that says more."
                    )
                )
            }
            if !removed.isEmpty {
                changes.append(
                    ContractChange(
                        path: path,
                        victim: .presentReader,
                        reason: "the value \(list(removed)) is no longer known, and it was written.",
                        remedy: "go on reading it, and write it no longer."
                    )
                )
            }
            return changes
        }
    }

    private static func list(_ values: Set<JSONValue>) -> String {
        values.map { String(decoding: $0.bytes, as: UTF8.self) }.sorted().joined(separator: ", ")
    }

    private static func forms(_ old: ReleasedSchema, _ new: ReleasedSchema, at path: String) -> [ContractChange] {
        ["pattern", "format"].filter { old[$0] != new[$0] }.map { word in
            let (loosened, tightened) = (new[word] == nil, old[word] == nil)
            return ContractChange(
                path: path,
                victim: loosened ? .releasedReader : tightened ? .presentReader : .both,
                reason: "its \(word) is \(loosened ? "dropped" : tightened ? "new" : "another").",
                remedy: "keep the form, and add an optional member for texts of the other one."
            )
        }
    }

    private static func bounds(_ old: ReleasedSchema, _ new: ReleasedSchema, at path: String) -> [ContractChange] {
        [("minimum", false), ("minLength", false), ("maximum", true), ("maxLength", true)].flatMap { word, isUpper in
            switch order(number(old[word]), number(new[word]), isUpper) {
            case .same: return [ContractChange]()
            case .wider:
                return [
                    ContractChange(
                        path: path,
                        victim: .releasedReader,
                        reason: "its \(word) lets more through than readers take.",
                        remedy: "write nothing beyond the old bound, or \(ContractChange.newVersion)"
                    )
                ]
            case .narrower:
                return [
                    ContractChange(
                        path: path,
                        victim: .presentReader,
                        reason: "its \(word) refuses what was written.",
                        remedy: "keep the bound where it is read, and hold to the narrower one where it is written."
                    )
                ]
            }
        }
    }

    private enum Order { case same, wider, narrower }

    private static func order(_ old: Double?, _ new: Double?, _ isUpper: Bool) -> Order {
        switch (old, new) {
        case (nil, nil): return .same
        case (nil, _?): return .narrower
        case (_?, nil): return .wider
        case (let old?, let new?):
            if old == new { return .same }
            return (new > old) == isUpper ? .wider : .narrower
        }
    }

    private static func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    // MARK: Parts

    private static func alternatives(_ old: ReleasedSchema, _ new: ReleasedSchema, at path: String) -> [ContractChange]
    {
        let (before, after) = (old.alternatives ?? [], new.alternatives ?? [])
        guard !before.isEmpty || !after.isEmpty else { return [] }
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
        for name in Set(before.keys).union(after.keys).sorted() {
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
            if let one = before[name], let other = after[name] {
                changes += SchemaComparison(one, other, at: place).changes
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
