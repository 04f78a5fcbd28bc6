import JSONCoding
import MessageSchemas

extension ContractEdit {
    /// What says the same in another way, or promises more.
    static let sameMeaning = [
        ContractEdit("one type in a list", "user-page", "properties/page/type") { _ in .array([.string("integer")]) },
        ContractEdit("one value as a constant", idp, "properties/scope/oneOf/0/properties/kind") { _ in
            .object(["type": .string("string"), "const": .string("all")])
        },
        ContractEdit("a form that is referred to", "user-page", "") { $0?.defining("origin") },
        ContractEdit("a needed form that is referred to", "user-page", "") { $0?.defining("users") },
        ContractEdit("definitions that nothing refers to", "user-page", "$defs") { _ in .object(["a": .text]) },
        ContractEdit("other members may be anything", "run-started", "additionalProperties") { _ in .object([:]) },
        ContractEdit("nothing is said of other members", "run-started", "additionalProperties") { _ in nil },
        ContractEdit("a header's one value as a constant", topics, "\(headers)/properties/ce_specversion") { _ in
            .object(["type": .string("string"), "const": .string("1.0")])
        },
        ContractEdit("headers that are referred to", topics, "components") { $0?.referringToHeaders },
        ContractEdit("a key's one type in a list", topics, "\(trait)/bindings/kafka/key/type") { _ in
            .array([.string("string")])
        },
        ContractEdit("a topic keeps for ever", topics, "\(channel)/\(settings)/retention.ms") { _ in .integer(-1) },
        ContractEdit("a topic is of any size", topics, "\(channel)/\(settings)/retention.bytes") { _ in .integer(-1) },
        ContractEdit("more copies", topics, "\(channel)/bindings/kafka/replicas") { _ in .integer(5) },
        ContractEdit("a further envelope", topics, "components/messageTraits/other-envelope") { _ in .object([:]) },
        ContractEdit("a message in groups", topics, "components/messages/wecombridge.run-sync.v1/tags") { _ in
            .array([.object(["name": .string("commands")])])
        },
    ]

    /// What only tells people something.
    static let annotations = [
        "title", "$comment", "examples", "example", "deprecated", "readOnly", "writeOnly", "default", "x-owner",
    ].map { word in
        ContractEdit("\(word) comes", "stage-progress", "properties/pages/\(word)") { _ in .array([.integer(1)]) }
    }

    private static let trait = "components/messageTraits/envelope"
    private static let headers = "components/messageTraits/envelope/headers"
}

extension JSONValue {
    /// A schema with the form of a member among its definitions.
    fileprivate func defining(_ name: String) -> JSONValue {
        guard case .object(var keywords) = self, case .object(var properties)? = keywords["properties"],
            let form = properties[name]
        else { return self }
        properties[name] = .object(["description": .string("Told."), "$ref": .string("#/$defs/\(name)")])
        keywords["properties"] = .object(properties)
        keywords["$defs"] = .object([name: form])
        return .object(keywords)
    }

    /// The components of an AsyncAPI document with the headers of an envelope among the schemas.
    fileprivate var referringToHeaders: JSONValue {
        guard case .object(var components) = self, case .object(var traits)? = components["messageTraits"],
            case .object(var envelope)? = traits["envelope"], let headers = envelope["headers"]
        else { return self }
        envelope["headers"] = .object(["$ref": .string("#/components/schemas/headers")])
        traits["envelope"] = .object(envelope)
        components["messageTraits"] = .object(traits)
        components["schemas"] = .object(["headers": headers])
        return .object(components)
    }
}
