package import JSONCoding

/// The contracts of one moment: the schema of each message, and what is said of topics.
package struct ContractSet: Sendable {
    /// By file names.
    package let schemas: [String: JSONValue]
    /// `asyncapi.yaml`.
    package let topics: JSONValue?

    /// - Parameters:
    ///   - schemas: By file names.
    ///   - topics: `asyncapi.yaml`; what is released without it promises nothing of topics.
    package init(schemas: [String: JSONValue], topics: JSONValue?) {
        self.schemas = schemas
        self.topics = topics
    }

    /// What a reader or writer of an earlier release could not live with, if these were the contracts now.
    ///
    /// - Parameters:
    ///   - released: Those of the release.
    ///   - release: What it is called.
    package func incompatibilities(with released: ContractSet, called release: String) -> [Incompatibility] {
        var found: [Incompatibility] = []
        func add(_ changes: [ContractChange], in file: String) {
            found += changes.map { change in
                Incompatibility(
                    release: release,
                    file: file,
                    path: change.path,
                    victim: change.victim,
                    reason: change.reason,
                    remedy: change.remedy
                )
            }
        }
        for (file, old) in released.schemas.sorted(by: { $0.key < $1.key }) {
            if let new = schemas[file] {
                add(SchemaComparison(ReleasedSchema(old, of: old), ReleasedSchema(new, of: new)).changes, in: file)
            } else {
                let gone = ContractChange(
                    path: "",
                    victim: .both,
                    reason: "the message is gone.",
                    remedy: "go on reading and writing it until no released reader is left."
                )
                add([gone], in: file)
            }
        }
        if let old = released.topics { add(Self.changes(of: old, to: topics), in: "asyncapi.yaml") }
        return found
    }

    private static func changes(of old: JSONValue, to new: JSONValue?) -> [ContractChange] {
        if let new { return TopicComparison(old, new).changes }
        return [
            ContractChange(
                path: "",
                victim: .both,
                reason: "nothing is said of topics any more.",
                remedy: "put the file back: bridgectl contracts write makes it from the code."
            )
        ]
    }
}
