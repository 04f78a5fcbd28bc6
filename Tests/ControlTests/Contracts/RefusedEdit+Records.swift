import JSONCoding
import MessageSchemas

extension RefusedEdit {
    private static let runSync = "wecombridge.run-sync.v1"
    private static let messages = "components/messages"
    private static let traits = "components/messageTraits"

    /// Of what is said of messages and of their headers and keys.
    static let ofRecords = [
        topics("another schema", "\(messages)/\(runSync)/payload/$ref", at: runSync, "payload is another") { _ in
            .string("./wecombridge.cancel-run.v1.schema.json")
        },
        topics("a message is of no schema", "\(messages)/\(runSync)/payload", at: runSync, "payload is dropped") { _ in
            nil
        },
        topics("a message is called otherwise", "\(messages)/\(runSync)/name", at: runSync, "name is another") { _ in
            .string("wecombridge.sync.v1")
        },
        topics("a message is not JSON", "\(messages)/\(runSync)/contentType", at: runSync, "contentType is new") { _ in
            .string("application/avro")
        },
        topics("a message has headers besides", "\(messages)/\(runSync)/headers", at: runSync, "headers is new") { _ in
            .text
        },
        topics("a message loses its envelope", "\(messages)/\(runSync)/traits", at: runSync, "another envelope") { _ in
            nil
        },
        topics("nothing is said of a message", "\(messages)/\(runSync)", at: runSync, "nothing is said") { _ in nil },
        topics("no message is JSON", "defaultContentType", at: "", "defaultContentType is another") { _ in
            .string("application/avro")
        },
        topics("no content type", "defaultContentType", at: "", "defaultContentType is dropped") { _ in nil },
        topics("an envelope goes", "\(traits)/client-envelope", at: "client-envelope", "nothing is said") { _ in nil },
        topics("an envelope is not JSON", "\(traits)/envelope/contentType", at: "envelope", "contentType is another") {
            _ in .string("application/avro")
        },
        topics("headers go", "\(traits)/envelope/headers", at: "headers", "it was object and is anything") { _ in nil },
        topics("a key is a number", "\(traits)/envelope/bindings/kafka/key/type", at: "key", "string and is integer") {
            _ in .string("integer")
        },
        topics("keys are of another registry", "\(traits)/envelope/bindings/kafka/x", at: "envelope", "x is new") { _ in
            .text
        },
    ]

    /// Of how topics keep records.
    static let ofKeeping = [
        topics("a reference leads to another message", "\(carried)/$ref", at: progress, "is another message") { _ in
            .string("#/components/messages/wecombridge.stage-progress.v1")
        },
        topics("fewer partitions", "\(kafka)/partitions", at: progress, "fewer partitions") { _ in .integer(6) },
        topics("no number of partitions", "\(kafka)/partitions", at: progress, "fewer partitions") { _ in nil },
        topics("fewer copies", "\(kafka)/replicas", at: progress, by: .releasedReader, "fewer copies") { _ in
            .integer(2)
        },
        topics("no number of copies", "\(kafka)/replicas", at: progress, by: .releasedReader, "fewer copies") { _ in
            nil
        },
        topics("no promised time", "\(kept)/retention.ms", at: progress, by: .releasedReader, "less long") { _ in nil },
        topics("a time that is a text", "\(kept)/retention.ms", at: progress, by: .releasedReader, "less long") { _ in
            .string("604800000")
        },
        topics("a bounded size", "\(kept)/retention.bytes", at: progress, by: .releasedReader, "less long") { _ in
            .integer(1_000_000)
        },
        topics("the broker's name of a topic", "\(kafka)/topic", at: progress, "its topic is new") { _ in
            .string("progress")
        },
        topics("the whole file goes", "", at: "", "nothing is said of topics") { _ in nil },
    ]

    private static let progress = "sync.progress.v1"
    private static let kafka = ContractEdit.channel + "/bindings/kafka"
    private static let kept = "\(ContractEdit.channel)/\(ContractEdit.settings)"
    private static let carried = ContractEdit.channel + "/messages/wecombridge.run-finished.v1"

    private static func topics(
        _ name: String,
        _ place: String,
        at path: String,
        by victim: Incompatibility.Victim = .both,
        _ reason: String,
        _ change: @escaping @Sendable (JSONValue?) -> JSONValue?
    ) -> RefusedEdit {
        RefusedEdit(name, ContractEdit.topics, place, at: path, victim, reason, change)
    }
}
