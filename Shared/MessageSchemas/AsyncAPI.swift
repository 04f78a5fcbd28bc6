import Messages

/// The topics with what they carry, as AsyncAPI 3.0 says it.
enum AsyncAPI {
    /// The whole document.
    static var document: OrderedJSON {
        [
            "asyncapi": "3.0.0",
            "info": [
                "title": "WeCom Bridge",
                "version": "1.0.0",
                "description": """
                The topics of WeCom Bridge. Every record is a CloudEvent in Kafka's binary mode; its key is the id of \
                the identity provider, or of the client, that it is about. Readers ignore what they do not know.
                """,
            ],
            "defaultContentType": "application/json",
            "channels": .object(TopicCatalogue.streams.map { (key: $0.name, value: channel($0)) }),
            "components": [
                "messages": .object(Contracts.messages.map { (key: $0.type.rawValue, value: message($0)) }),
                "messageTraits": [
                    "envelope": trait(of: Envelope.self), "client-envelope": trait(of: ClientEnvelope.self),
                ],
            ],
        ]
    }

    private static func channel(_ topic: Topic) -> OrderedJSON {
        [
            "address": .string(topic.name),
            "description": .string(description(of: topic)),
            "messages": .object(
                topic.carries.map { (key: $0.rawValue, value: ["$ref": "#/components/messages/\($0.rawValue)"]) }
            ),
            "bindings": [
                "kafka": [
                    "partitions": .integer(Int(TopicCatalogue.defaultPartitions)),
                    "replicas": .integer(Int(TopicCatalogue.defaultDurability.replication)),
                    "topicConfiguration": configuration(topic.retention),
                    "bindingVersion": "0.5.0",
                ]
            ],
        ]
    }

    private static func configuration(_ retention: Topic.Retention) -> OrderedJSON {
        switch retention {
        case .compacted: ["cleanup.policy": ["compact"]]
        case .days(let days): ["cleanup.policy": ["delete"], "retention.ms": .integer(days * 86_400_000)]
        }
    }

    private static func description(of topic: Topic) -> String {
        let kept =
            switch topic.retention {
            case .compacted: "Keeps each key's last record; one without a value says that its subject was deleted."
            case .days(let days): "Kept for \(days) days."
            }
        let readers = TopicCatalogue.consumers.filter { $0.topic == topic }.map { reader in
            " What \(reader.consumer) cannot take goes to \(topic.deadLetters(of: reader.consumer).name)."
        }
        return kept + readers.joined()
    }

    private static func message(_ message: any (Message & Described).Type) -> OrderedJSON {
        [
            "name": .string(message.type.rawValue),
            "summary": .string(message.jsonSchema.description),
            "traits": [["$ref": .string("#/components/messageTraits/\(traitName(of: message))")]],
            "payload": ["$ref": "./\(Contracts.fileName(of: message.type))"],
        ]
    }

    private static func traitName(of message: any (Message & Described).Type) -> String {
        message is ClientConfiguration.Type ? "client-envelope" : "envelope"
    }

    private static func trait(of envelope: any DescribedEnvelope.Type) -> OrderedJSON {
        [
            "contentType": "application/json",
            "headers": envelope.jsonSchema.document,
            "bindings": [
                "kafka": [
                    "key": IdentityProviderID.jsonSchema.described("The \(envelope.subject)'s id.").document,
                    "bindingVersion": "0.5.0",
                ]
            ],
        ]
    }
}
