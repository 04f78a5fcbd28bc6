import JSONCoding
import Kafka
import Mapping
import Messages
import Pipeline

/// Turns `wecom.records.v1` into `directory.records.v1`: the same runs, positions and pages, mapped.
///
/// One record in, one record out, in order. What cannot be mapped goes to the dead letters, and the
/// writer then misses a page, so that the run removes nobody.
struct MappingHandler: StageHandler {
    let mappings: Mappings
    let producer: Producer
    let namespace: TopicNamespace
    /// What envelopes give as their source.
    let source: String
    private let positions = Positions()

    init(mappings: Mappings, producer: Producer, namespace: TopicNamespace, source: String) {
        self.mappings = mappings
        self.producer = producer
        self.namespace = namespace
        self.source = source
    }

    /// What is read again from an earlier offset is handed on again; the writer knows what it has.
    func assigned(_ partitions: [AssignedPartition]) async throws -> [TopicPartition: Offset] {
        for assigned in partitions { positions.forget(assigned.partition) }
        return [:]
    }

    /// A batch that fails comes again whole, so that nothing of it may count as seen.
    @concurrent
    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        do {
            return try await map(batch)
        } catch {
            positions.forget(batch.partition)
            throw error
        }
    }

    private func map(_ batch: PartitionBatch) async throws -> [Rejection] {
        var outgoing: [OutgoingRecord] = []
        var rejections: [Rejection] = []
        for record in batch.records {
            do {
                let message = try IncomingMessage(record)
                guard try positions.admit(message.envelope, in: batch.partition) else { continue }
                outgoing.append(try await translate(message))
            } catch {
                guard let reason = Self.reason(of: error) else { throw error }
                rejections.append(Rejection(record: record, reason: reason))
            }
        }
        try await producer.send(outgoing)
        return rejections
    }

    private func translate(_ message: IncomingMessage) async throws -> OutgoingRecord {
        switch message.envelope.type {
        case RunStarted.type:
            let started = try message.decode(RunStarted.self)
            mappings.expect(started.configurationRevision, of: message.envelope.identityProvider)
            return try handOn(started, message.envelope)
        case DepartmentPage.type:
            return try handOn(message.read(DepartmentPage.self, PageMapping.map(departments:)), message.envelope)
        case UserPage.type:
            let mapping = try await mappings.mapping(
                of: message.envelope.identityProvider,
                tenant: message.envelope.tenant
            )
            let batch = try message.read(UserPage.self) { try PageMapping.map(users: $0, by: mapping) }
            return try handOn(batch, message.envelope)
        case UnchangedPages.type:
            var unchanged = try message.decode(UnchangedPages.self)
            unchanged.mapping = try await mappings.mapping(
                of: message.envelope.identityProvider,
                tenant: message.envelope.tenant
            ).fingerprint
            return try handOn(unchanged, message.envelope)
        case RunFetched.type:
            return try handOn(RunMapped(manifest: message.decode(RunFetched.self).manifest), message.envelope)
        case RunAborted.type:
            return try handOn(message.decode(RunAborted.self), message.envelope)
        default:
            throw Unmappable("the type \(message.envelope.type) is unknown")
        }
    }

    private func handOn(_ message: some Message, _ origin: Envelope) throws -> OutgoingRecord {
        let envelope = Envelope(
            type: type(of: message).type,
            source: source,
            tenant: origin.tenant,
            identityProvider: origin.identityProvider,
            run: origin.run,
            position: origin.position,
            trace: origin.trace.child()
        )
        let record = try OutgoingRecord(
            message,
            envelope: envelope,
            to: TopicCatalogue.directoryRecords,
            in: namespace
        )
        guard record.value.map({ $0.count <= Self.largestValue }) ?? false else {
            throw Unmappable("the mapped page is larger than \(Self.largestValue) bytes")
        }
        return record
    }

    /// Why the record can never be mapped; `nil` for what may pass.
    private static func reason(of error: any Error) -> String? {
        switch error {
        case let error as UndecodableMessage: error.reason
        case let error as Unmappable: error.description
        case let error as JSONError: error.description
        default: nil
        }
    }

    /// Kafka's default limit of a message is 1 MB, with its headers and framing.
    private static let largestValue = 950_000
}
