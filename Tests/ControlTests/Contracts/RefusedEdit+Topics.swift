import JSONCoding
import MessageSchemas

extension RefusedEdit {
    /// Of topics, of what they carry, and of the headers of records.
    static let ofTopics = [
        RefusedEdit(
            "a needed header comes",
            ContractEdit.topics,
            "components/messageTraits/envelope/headers/required",
            at: "headers.ce_runid",
            .presentReader,
            "could be missing"
        ) {
            $0?.adding(.string("ce_runid"))
        },
        RefusedEdit(
            "a topic goes",
            ContractEdit.topics,
            ContractEdit.channel,
            at: "sync.progress.v1",
            .both,
            "the topic is gone"
        ) { _ in
            nil
        },
        RefusedEdit(
            "a topic is named otherwise on the broker",
            ContractEdit.topics,
            ContractEdit.channel + "/address",
            at: "sync.progress.v1",
            .both,
            "another name"
        ) { _ in
            .string("sync.progress.v2")
        },
        RefusedEdit(
            "a message comes to a topic",
            ContractEdit.topics,
            ContractEdit.channel + "/messages/wecombridge.new.v1",
            at: "sync.progress.v1",
            .releasedReader,
            "dead letters"
        ) { _ in
            .object([:])
        },
        RefusedEdit(
            "a message goes from a topic",
            ContractEdit.topics,
            ContractEdit.channel + "/messages/wecombridge.run-finished.v1",
            at: "sync.progress.v1",
            .both,
            "no longer carries"
        ) { _ in
            nil
        },
        RefusedEdit(
            "a topic keeps less",
            ContractEdit.topics,
            "\(ContractEdit.channel)/\(ContractEdit.settings)/retention.ms",
            at: "sync.progress.v1",
            .releasedReader,
            "less long"
        ) { _ in
            .integer(86_400_000)
        },
        RefusedEdit(
            "a topic is compacted",
            ContractEdit.topics,
            "\(ContractEdit.channel)/\(ContractEdit.settings)/cleanup.policy",
            at: "sync.progress.v1",
            .both,
            "another way"
        ) { _ in
            .array([.string("compact")])
        },
        RefusedEdit("a whole message goes", "cancel-run", "", at: "", .both, "the message is gone") { _ in nil },
        RefusedEdit(
            "a header of clients' records becomes needed",
            ContractEdit.topics,
            "components/messageTraits/client-envelope/headers/required",
            at: "client-envelope.headers.ce_tenantid",
            .presentReader,
            "could be missing"
        ) {
            $0?.adding(.string("ce_tenantid"))
        },
        RefusedEdit(
            "a message comes with other headers",
            ContractEdit.topics,
            "components/messages/wecombridge.run-sync.v1/traits",
            at: "wecombridge.run-sync.v1",
            .both,
            "another envelope"
        ) { _ in
            .array([.object(["$ref": .string("#/components/messageTraits/client-envelope")])])
        },
    ]
}
