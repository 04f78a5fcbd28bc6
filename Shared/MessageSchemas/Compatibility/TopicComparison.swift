import JSONCoding

/// Compares what two AsyncAPI documents of ours say of topics: what they carry, how long they keep it, and by which headers
/// and key a record is known.
struct TopicComparison {
    private(set) var changes: [ContractChange] = []

    /// - Parameters:
    ///   - old: As released.
    ///   - new: As it is now.
    init(_ old: JSONValue, _ new: JSONValue) {
        let (before, after) = (Self.channels(old), Self.channels(new))
        for (name, channel) in before.sorted(by: { $0.key < $1.key }) {
            if let now = after[name] {
                changes += Self.compare(channel, now, name)
            } else {
                changes.append(
                    ContractChange(
                        path: name,
                        victim: .both,
                        reason: "the topic is gone.",
                        remedy: "go on writing it until no released reader is left; a new one gets a name of its own."
                    )
                )
            }
        }
        changes += Self.envelopes(old, new) + Self.headers(of: "envelope", old, new, at: "")
        changes += Self.headers(of: "client-envelope", old, new, at: "client-envelope.")
    }

    /// What is said of the headers and the key of records of one kind.
    private static func headers(
        of trait: String,
        _ old: JSONValue,
        _ new: JSONValue,
        at prefix: String
    ) -> [ContractChange] {
        let place = ["components", "messageTraits", trait]
        // A kind of record that came later was promised to nobody.
        guard old[place] != nil else { return [] }
        return [("headers", ["headers"]), ("key", ["bindings", "kafka", "key"])].flatMap { name, rest in
            SchemaComparison(
                ReleasedSchema(old[place + rest]),
                ReleasedSchema(new[place + rest]),
                at: prefix + name
            ).changes
        }
    }

    /// Messages whose records are of another kind.
    private static func envelopes(_ old: JSONValue, _ new: JSONValue) -> [ContractChange] {
        guard case .object(let before)? = old[["components", "messages"]] else { return [] }
        return before.keys.sorted().compactMap { type in
            let place = ["components", "messages", type, "traits"]
            guard let was = old[place], let present = new[place], was != present else { return nil }
            return ContractChange(
                path: type,
                victim: .both,
                reason: "its records have the headers and the key of another envelope.",
                remedy: "keep its envelope; \(ContractChange.newVersion)"
            )
        }
    }

    private static func channels(_ document: JSONValue) -> [String: JSONValue] {
        guard case .object(let channels)? = document[["channels"]] else { return [:] }
        return channels
    }

    private static func compare(_ old: JSONValue, _ new: JSONValue, _ name: String) -> [ContractChange] {
        var changes: [ContractChange] = []
        if old[["address"]] != new[["address"]] {
            changes.append(
                ContractChange(
                    path: name,
                    victim: .both,
                    reason: "it has another name on the broker.",
                    remedy: "keep the name; a new topic gets one of its own."
                )
            )
        }
        let (before, after) = (messages(old), messages(new))
        for type in before.subtracting(after).sorted() {
            changes.append(
                ContractChange(
                    path: name,
                    victim: .both,
                    reason: "it no longer carries \(type).",
                    remedy: "go on writing and reading it here until no released reader is left."
                )
            )
        }
        for type in after.subtracting(before).sorted() {
            changes.append(
                ContractChange(
                    path: name,
                    victim: .releasedReader,
                    reason: "it carries \(type) now, which readers put among their dead letters.",
                    remedy: "give it a topic of its own, or an optional member of a message that is carried here."
                )
            )
        }
        return changes + kept(old, new, name)
    }

    private static func messages(_ channel: JSONValue) -> Set<String> {
        guard case .object(let messages)? = channel[["messages"]] else { return [] }
        return Set(messages.keys)
    }

    private static func kept(_ old: JSONValue, _ new: JSONValue, _ name: String) -> [ContractChange] {
        let settings = ["bindings", "kafka", "topicConfiguration"]
        if old[settings + ["cleanup.policy"]] != new[settings + ["cleanup.policy"]] {
            return [
                ContractChange(
                    path: name,
                    victim: .both,
                    reason: "it lets go of records in another way.",
                    remedy: "make a new topic, and write both until no released reader is left."
                )
            ]
        }
        guard case .integer(let before)? = old[settings + ["retention.ms"]],
            case .integer(let after)? = new[settings + ["retention.ms"]], after < before
        else { return [] }
        return [
            ContractChange(
                path: name,
                victim: .releasedReader,
                reason: "it keeps records for less long, and who was away for as long as was promised loses some.",
                remedy: "keep them as long as was promised."
            )
        ]
    }
}

extension JSONValue {
    /// What lies at a path of member names.
    fileprivate subscript(path: [String]) -> JSONValue? {
        path.reduce(Optional(self)) { value, name in
            if case .object(let members)? = value { members[name] } else { nil }
        }
    }
}
