package import Messages

/// What others may rely on: the schema of every message, and `asyncapi.yaml` over all topics.
///
/// `docs/contracts` holds the files as released; a test compares.
package enum Contracts {
    /// Every kind of message.
    static let messages: [any (Message & Described).Type] = [
        IdentityProviderConfiguration.self, ClientConfiguration.self,
        RunSync.self, CancelRun.self, AskFor.self,
        RunStarted.self, DepartmentPage.self, UserPage.self, UnchangedPages.self, RunFetched.self,
        FindingsFetched.self, RunAborted.self,
        DepartmentBatch.self, UserBatch.self, PageRefused.self, RunMapped.self, FindingsMapped.self,
        DirectoryChanges.self,
        StageProgress.self, RunFinished.self,
        LogonSucceeded.self, LogonFailed.self, SessionsEnded.self,
    ]

    /// The files' texts by their names.
    package static var files: [String: String] {
        var files = ["asyncapi.yaml": AsyncAPI.document.yaml]
        for message in messages { files[fileName(of: message.type)] = schema(of: message).json }
        return files
    }

    /// The file of a message's schema, such as `wecombridge.user-batch.v1.schema.json`.
    package static func fileName(of type: MessageType) -> String { "\(type).schema.json" }

    /// The schema of the headers of a record about an identity provider, as JSON.
    package static var envelopeHeaders: String { Envelope.jsonSchema.document.json }

    /// The schema of the headers of a record about a client, as JSON.
    package static var clientEnvelopeHeaders: String { ClientEnvelope.jsonSchema.document.json }

    private static func schema(of message: any (Message & Described).Type) -> OrderedJSON {
        .object(
            [
                (key: "$schema", value: "https://json-schema.org/draft/2020-12/schema"),
                (key: "title", value: .string(message.type.rawValue)),
            ] + message.jsonSchema.keywords
        )
    }
}
