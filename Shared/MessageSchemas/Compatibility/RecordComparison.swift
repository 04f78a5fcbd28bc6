import JSONCoding

/// Compares what two AsyncAPI documents of ours say of records: what each kind of message carries, and by which headers
/// and key it is known.
struct RecordComparison {
    private let documents: DocumentPair

    init(_ documents: DocumentPair) { self.documents = documents }

    var changes: [ContractChange] {
        let (old, new) = (documents.old[["defaultContentType"]], documents.new[["defaultContentType"]])
        let contentType = ContractChange(
            path: "",
            victim: .both,
            reason: ContractChange.reason(of: "defaultContentType", was: old, is: new),
            remedy: "keep it as it was; \(ContractChange.newVersion)"
        )
        let messages = documents.members(at: ["components", "messages"])
        let traits = documents.members(at: ["components", "messageTraits"])
        // What came later was promised to nobody.
        var changes = old == new ? [] : [contentType]
        for type in messages.old.keys.sorted() { changes += message(type, isThere: messages.new[type] != nil) }
        for name in traits.old.keys.sorted() { changes += trait(name, isThere: traits.new[name] != nil) }
        return changes
    }

    private func message(_ type: String, isThere: Bool) -> [ContractChange] {
        guard isThere else {
            return [
                ContractChange(
                    path: type,
                    victim: .both,
                    reason: "nothing is said of the message any more.",
                    remedy: "go on reading and writing it until no released reader is left."
                )
            ]
        }
        let place = ["components", "messages", type]
        return envelope(of: type, at: place) + payload(of: type, at: place)
            + documents.differences(at: place, besides: ["traits", "payload"], called: type)
    }

    private func envelope(of type: String, at place: [String]) -> [ContractChange] {
        guard documents.old[place + ["traits"]] != documents.new[place + ["traits"]] else { return [] }
        return [
            ContractChange(
                path: type,
                victim: .both,
                reason: "its records have the headers and the key of another envelope.",
                remedy: "keep its envelope; \(ContractChange.newVersion)"
            )
        ]
    }

    private func payload(of type: String, at place: [String]) -> [ContractChange] {
        let (old, new) = (documents.old[place + ["payload"]], documents.new[place + ["payload"]])
        let before = old.map { PlainSchema(document: documents.old).form($0) }
        let after = new.map { PlainSchema(document: documents.new).form($0) }
        guard before != after else { return [] }
        return [
            ContractChange(
                path: type,
                victim: .both,
                reason: ContractChange.reason(of: "payload", was: old, is: new),
                remedy: "keep the schema that it is of; \(ContractChange.newVersion)"
            )
        ]
    }

    /// The headers and the key of records of one kind.
    private func trait(_ name: String, isThere: Bool) -> [ContractChange] {
        guard isThere else {
            return [
                ContractChange(
                    path: name,
                    victim: .both,
                    reason: "nothing is said of the headers and the key of its records any more.",
                    remedy: "keep the envelope until no released reader is left."
                )
            ]
        }
        let place = ["components", "messageTraits", name]
        let kafka = place + ["bindings", "kafka"]
        let prefix = name == "envelope" ? "" : "\(name)."
        return form(at: place + ["headers"], called: "\(prefix)headers")
            + form(at: kafka + ["key"], called: "\(prefix)key")
            + documents.differences(at: place, besides: ["headers", "bindings"], called: name)
            + documents.differences(at: kafka, besides: ["key"], called: name)
    }

    private func form(at place: [String], called path: String) -> [ContractChange] {
        SchemaComparison(
            ReleasedSchema(documents.old[place], of: documents.old),
            ReleasedSchema(documents.new[place], of: documents.new),
            at: path
        ).changes
    }
}
