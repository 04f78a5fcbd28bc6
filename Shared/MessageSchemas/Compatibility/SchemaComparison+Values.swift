import JSONCoding

/// Which values there may be, in which form and between which bounds.
extension SchemaComparison {
    static func values(_ old: ReleasedSchema, _ new: ReleasedSchema, at path: String) -> [ContractChange] {
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
        case (let old?, let new?): return values(old, new, at: path)
        }
    }

    private static func values(_ old: Set<JSONValue>, _ new: Set<JSONValue>, at path: String) -> [ContractChange] {
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

    private static func list(_ values: Set<JSONValue>) -> String {
        values.map { String(decoding: $0.bytes, as: UTF8.self) }.sorted().joined(separator: ", ")
    }

    /// Words that are only known to let something through or not, so that each has to stay as it is.
    static func words(_ old: ReleasedSchema, _ new: ReleasedSchema, at path: String) -> [ContractChange] {
        var words = Set(old.rest.keys).union(new.rest.keys)
        if (old.alternatives == nil) != (new.alternatives == nil) { words.insert("oneOf") }
        var changes = words.sorted().filter { old[$0] != new[$0] }.map { word in
            let (loosened, tightened) = (new[word] == nil, old[word] == nil)
            return ContractChange(
                path: path,
                victim: loosened ? .releasedReader : tightened ? .presentReader : .both,
                reason: ContractChange.reason(of: word, was: old[word], is: new[word]),
                remedy: word == "pattern" || word == "format"
                    ? "keep the form, and add an optional member for texts of the other one."
                    : "keep it as it was, and add an optional member for what is of another form."
            )
        }
        if JSONValue.object(new.rest).isUnfollowed {
            changes.append(
                ContractChange(
                    path: path,
                    victim: .both,
                    reason: "it refers to a form that is not in its file, so that nobody knows what it says.",
                    remedy: "refer to a form of the same file by its place, such as #/$defs/name."
                )
            )
        }
        return changes
    }

    static func bounds(_ old: ReleasedSchema, _ new: ReleasedSchema, at path: String) -> [ContractChange] {
        let words = ReleasedSchema.lowerBounds.map { ($0, false) } + ReleasedSchema.upperBounds.map { ($0, true) }
        return words.flatMap { word, isUpper in
            switch order(old[word], new[word], isUpper) {
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

    private static func order(_ old: JSONValue?, _ new: JSONValue?, _ isUpper: Bool) -> Order {
        // Whole numbers as they are: beyond 2^53 two of them are the same Double.
        if case .integer(let old)? = old, case .integer(let new)? = new {
            return old == new ? .same : (new > old) == isUpper ? .wider : .narrower
        }
        switch (number(old), number(new)) {
        case (nil, nil): return .same
        case (nil, _?): return .narrower
        case (_?, nil): return .wider
        case (let old?, let new?): return old == new ? .same : (new > old) == isUpper ? .wider : .narrower
        }
    }

    private static func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
}
