import JSONCoding

/// Compares what two AsyncAPI documents of ours say of topics: what they carry, how long they keep it and in how many
/// copies, and by which headers and key a record is known.
struct TopicComparison {
    private(set) var changes: [ContractChange] = []

    private let documents: DocumentPair

    /// - Parameters:
    ///   - old: As released.
    ///   - new: As it is now.
    init(_ old: JSONValue, _ new: JSONValue) {
        documents = DocumentPair(old: old, new: new)
        let channels = documents.members(at: ["channels"])
        for name in channels.old.keys.sorted() {
            if channels.new[name] != nil {
                changes += channel(name)
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
        changes += RecordComparison(documents).changes
    }

    private func channel(_ name: String) -> [ContractChange] {
        let place = ["channels", name]
        let kafka = place + ["bindings", "kafka"]
        var changes: [ContractChange] = []
        if documents.old[place + ["address"]] != documents.new[place + ["address"]] {
            changes.append(
                ContractChange(
                    path: name,
                    victim: .both,
                    reason: "it has another name on the broker.",
                    remedy: "keep the name; a new topic gets one of its own."
                )
            )
        }
        changes += documents.differences(at: place, besides: ["address", "messages", "bindings"], called: name)
        changes += documents.differences(
            at: kafka,
            besides: ["partitions", "replicas", "topicConfiguration"],
            called: name
        )
        return changes + carried(place + ["messages"], name) + spread(kafka, name)
            + kept(kafka + ["topicConfiguration"], name)
    }

    private func carried(_ place: [String], _ name: String) -> [ContractChange] {
        let (before, after) = documents.members(at: place)
        let gone = before.keys.filter { after[$0] == nil }.sorted().map { type in
            ContractChange(
                path: name,
                victim: .both,
                reason: "it no longer carries \(type).",
                remedy: "go on writing and reading it here until no released reader is left."
            )
        }
        let come = after.keys.filter { before[$0] == nil }.sorted().map { type in
            ContractChange(
                path: name,
                victim: .releasedReader,
                reason: "it carries \(type) now, which readers put among their dead letters.",
                remedy: "give it a topic of its own, or an optional member of a message that is carried here."
            )
        }
        let other = before.keys.filter { after[$0] != nil && after[$0] != before[$0] }.sorted().map { type in
            ContractChange(
                path: name,
                victim: .both,
                reason: "what it carries as \(type) is another message.",
                remedy: "refer to the message that was carried; another one gets a topic of its own."
            )
        }
        return gone + come + other
    }

    private func spread(_ place: [String], _ name: String) -> [ContractChange] {
        func isLess(_ word: String) -> Bool {
            Self.isLess(documents.old[place + [word]], documents.new[place + [word]])
        }
        var changes: [ContractChange] = []
        if isLess("partitions") {
            changes.append(
                ContractChange(
                    path: name,
                    victim: .both,
                    reason: "it has fewer partitions, which no broker gives it without losing records and their order.",
                    remedy: "keep them, or make a new topic, and write both until no released reader is left."
                )
            )
        }
        if isLess("replicas") {
            changes.append(
                ContractChange(
                    path: name,
                    victim: .releasedReader,
                    reason: "it is kept in fewer copies, and records are lost with fewer brokers than was promised.",
                    remedy: "keep as many copies as were promised."
                )
            )
        }
        return changes
    }

    private func kept(_ place: [String], _ name: String) -> [ContractChange] {
        let policy = documents.old[place + ["cleanup.policy"]]
        if policy != documents.new[place + ["cleanup.policy"]] {
            return [
                ContractChange(
                    path: name,
                    victim: .both,
                    reason: "it lets go of records in another way.",
                    remedy: "make a new topic, and write both until no released reader is left."
                )
            ]
        }
        // What is compacted goes by keys, not by time or size.
        guard policy != .array([.string("compact")]), policy != .string("compact") else { return [] }
        let forEver = JSONValue.integer(-1)
        let (old, new) = (documents.old, documents.new)
        // Where they are not said, the broker's own time counts, which may be any, and no size.
        let (time, size) = (place + ["retention.ms"], place + ["retention.bytes"])
        guard Self.isLess(old[time], new[time]) || Self.isLess(old[size] ?? forEver, new[size] ?? forEver) else {
            return []
        }
        return [
            ContractChange(
                path: name,
                victim: .releasedReader,
                reason: "it keeps records for less long, and who was away for as long as was promised loses some.",
                remedy: "keep them as long as was promised."
            )
        ]
    }

    /// Whether a number that was promised is smaller now, or is not said any more; below nought is without end.
    private static func isLess(_ old: JSONValue?, _ new: JSONValue?) -> Bool {
        guard let old, old != new else { return false }
        guard case .integer(let before) = old, case .integer(let after)? = new else { return true }
        return (after < 0 ? Int64.max : after) < (before < 0 ? Int64.max : before)
    }
}
