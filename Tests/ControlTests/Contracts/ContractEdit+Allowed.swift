import JSONCoding
import MessageSchemas

extension ContractEdit {
    /// What everybody can live with.
    static let allowed = [
        ContractEdit("nothing") { $0 },
        ContractEdit("an optional member", "user-page", "properties/hint") { _ in .text },
        ContractEdit("an optional object", "run-finished", "properties/extra") { _ in
            .object([
                "type": .string("object"), "required": .array([.string("a")]), "properties": .object(["a": .text]),
            ])
        },
        ContractEdit("an optional member of an object", "run-finished", "properties/counts/properties/more") { _ in
            .wholeNumber
        },
        ContractEdit(
            "an optional member of a list's elements",
            "user-batch",
            "properties/users/items/properties/nickname"
        ) { _ in .text },
        ContractEdit("an optional list", "ask-for", "properties/hints") { _ in
            .object(["type": .string("array"), "items": .text])
        },
        ContractEdit("an optional member with values of its own", "run-sync", "properties/urgency") { _ in
            .object(["type": .string("string"), "enum": .array([.string("low"), .string("high")])])
        },
        ContractEdit("an optional member with a pattern and bounds", "logon-failed", "properties/address") { _ in
            .object(["type": .string("string"), "pattern": .string("^a"), "maxLength": .integer(3)])
        },
        ContractEdit("an optional map", "run-started", "properties/labels") { _ in
            .object(["type": .string("object"), "additionalProperties": .text])
        },
        ContractEdit("an optional member goes", "user-page", "properties/origin") { _ in nil },
        ContractEdit(
            "an optional member of a list's elements goes",
            "user-batch",
            "properties/users/items/properties/alias"
        ) { _ in nil },
        ContractEdit("another description", "stage-progress", "properties/pages/description") { _ in .string("Pages.")
        },
        ContractEdit("another description of the whole", "stage-progress", "description") { _ in .string("Told.") },
        ContractEdit("another title", "stage-progress", "title") { _ in .string("Progress") },
        ContractEdit("needed members in another order", "stage-progress", "required") { $0?.turned },
        ContractEdit("values in another order", "run-finished", "properties/outcome/enum") { $0?.turned },
        ContractEdit("alternatives in another order", idp, "properties/scope/oneOf") { $0?.turned },
        ContractEdit("an optional member of an alternative", idp, "properties/scope/oneOf/0/properties/note") { _ in
            .text
        },
        ContractEdit("another version of JSON Schema", "cancel-run", "$schema") { _ in
            .string("https://json-schema.org/draft/next/schema")
        },
        ContractEdit("a new kind of message") { contracts in
            var schemas = contracts.schemas
            schemas["wecombridge.new.v1.schema.json"] = schemas["wecombridge.cancel-run.v1.schema.json"]
            return ContractSet(schemas: schemas, topics: contracts.topics)
        },
        ContractEdit("a new version of a message") { contracts in
            var schemas = contracts.schemas
            schemas["wecombridge.user-page.v2.schema.json"] = .text
            return ContractSet(schemas: schemas, topics: contracts.topics)
        },
        ContractEdit("a new topic", topics, "channels/new.topic.v1") { _ in
            .object(["address": .string("new.topic.v1"), "messages": .object(["wecombridge.new.v1": .object([:])])])
        },
        ContractEdit("a topic keeps more", topics, "\(channel)/\(settings)/retention.ms") { _ in
            .integer(86_400_000 * 90)
        },
        ContractEdit("another description of a topic", topics, channel + "/description") { _ in
            .string("Progress.")
        },
        ContractEdit(
            "more partitions where nothing is asked for",
            topics,
            channel + "/bindings/kafka/partitions"
        ) { _ in .integer(24) },
        ContractEdit(
            "another summary of a message",
            topics,
            "components/messages/wecombridge.run-sync.v1/summary"
        ) { _ in .string("Run.") },
        ContractEdit(
            "an optional header",
            topics,
            "components/messageTraits/envelope/headers/properties/ce_region"
        ) { _ in .text },
        ContractEdit("another version of the document", topics, "info/version") { _ in .string("1.1.0") },
    ]
}
