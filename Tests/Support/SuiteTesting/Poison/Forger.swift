public import Kafka
public import Messages
import Pipeline
import Synchronization

/// Makes records in the name of an identity provider that is there for that alone.
public final class Forger: Sendable {
    /// Of the identity provider.
    public let tenant: TenantID
    /// In whose name it forges.
    public let identityProvider: IdentityProviderID
    /// Of the suite's topics.
    public let namespace: TopicNamespace
    /// The run that forged pages are of.
    let forgedRun = RunID.make()
    /// Beyond all that the registry started.
    private let epochs = Atomic<Int64>(1_000)
    private let forgedPosition = RunPosition(epoch: Epoch(rawValue: 1_000), fence: Fence(rawValue: 1))

    /// - Parameters:
    ///   - tenant: Of the identity provider.
    ///   - identityProvider: In whose name it forges; nobody else needs it.
    ///   - namespace: Of the suite's topics.
    public init(tenant: TenantID, identityProvider: IdentityProviderID, namespace: TopicNamespace) {
        self.tenant = tenant
        self.identityProvider = identityProvider
        self.namespace = namespace
    }

    /// An envelope of a run that is newer than all before it; of the forged run, its own.
    func envelope(_ type: MessageType, run: RunID?) -> Envelope {
        let next = Epoch(rawValue: epochs.add(1, ordering: .relaxed).newValue)
        return Envelope(
            type: type,
            source: "forger/1",
            tenant: tenant,
            identityProvider: identityProvider,
            run: run,
            position: run == forgedRun ? forgedPosition : RunPosition(epoch: next, fence: Fence(rawValue: 1))
        )
    }

    /// A message whose JSON was changed by hand.
    func record<Content: Message>(
        _ message: Content,
        to topic: Topic,
        envelope: Envelope,
        replacing original: String = "",
        with substitute: String = ""
    ) throws -> OutgoingRecord {
        var json = String(decoding: try message.encode(), as: UTF8.self)
        if !original.isEmpty {
            guard json.contains(original) else { throw NothingToReplace(text: original, json: json) }
            json = json.replacing(original, with: substitute, maxReplacements: 1)
        }
        return record(json, to: topic, envelope: envelope)
    }

    /// Begins the run that forged pages are of.
    public var begin: OutgoingRecord {
        get throws {
            let start = RunStarted(kind: .full, isDryRun: false, terms: RunTerms(), requestedAt: .now)
            let envelope = envelope(RunStarted.type, run: forgedRun)
            return try record(start, to: TopicCatalogue.directoryRecords, envelope: envelope)
        }
    }

    /// Ends it.
    public var end: OutgoingRecord {
        get throws {
            let end = RunAborted(outcome: .failed, reason: "It was forged.")
            let envelope = envelope(RunAborted.type, run: forgedRun)
            return try record(end, to: TopicCatalogue.directoryRecords, envelope: envelope)
        }
    }

    func record(_ json: String, to topic: Topic, envelope: Envelope) -> OutgoingRecord {
        OutgoingRecord(encoded: Array(json.utf8), envelope: envelope, to: topic, in: namespace)
    }

    struct NothingToReplace: Error {
        let text: String
        let json: String
    }
}
