import Failures
import JSONCoding
import Kafka
import Mapping
import Messages
import Pipeline

/// Turns `wecom.records.v1` into `directory.records.v1`: the same runs, positions and pages, mapped, in order.
///
/// Nothing is missing in silence: a page that cannot be mapped travels on as `PageRefused`, findings that cannot be as
/// answers that say nothing, and a run that cannot be mapped, or one of whose other messages cannot be read, ends by
/// `RunAborted`. The message itself goes to the dead
/// letters, too.
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
        for partition in partitions { positions.forget(partition.partition) }
        return [:]
    }

    /// A batch that fails comes again, so that nothing of it may count as seen.
    @concurrent
    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        if let first = batch.records.first?.position.offset, let last = batch.records.last?.position.offset,
            first <= last
        {
            positions.begin(first...last, of: batch.partition)
        }
        do {
            var output = makeOutput()
            var rejections: [Rejection] = []
            for record in batch.records {
                if let rejection = try await handOn(record, in: batch.partition, &output) {
                    rejections.append(rejection)
                }
            }
            let refused = try await output.end()
            let known = Set(refused.isEmpty ? [] : rejections.map(\.record.position.offset))
            let late = try await refuse(refused, in: batch.partition)
            return rejections + late.filter { !known.contains($0.record.position.offset) }
        } catch {
            positions.forget(batch.partition)
            throw error
        }
    }

    /// Answers what the brokers refuse for good as what cannot be mapped.
    private func refuse(_ refused: [MappingOutput.Refused], in partition: TopicPartition) async throws -> [Rejection] {
        guard !refused.isEmpty else { return [] }
        var output = makeOutput()
        for one in refused {
            let failure = Unmappable(.unmappable, "\(one.error)")
            try await answer(one.message, failure, failure.description, in: partition, &output)
        }
        // Where these are refused, too, nothing less could be said.
        _ = try await output.end()
        return refused.map { Rejection(record: $0.message.record, failure: $0.error) }
    }

    /// What fails for good alone is answered as what cannot be mapped.
    func passOver(_ rejection: Rejection, letter: OutgoingRecord) async throws -> Bool {
        if let message = try? IncomingMessage(rejection.record) {
            var output = makeOutput()
            let failure = Unmappable(.unmappable, rejection.reason)
            let partition = TopicPartition(
                topic: message.record.position.topic,
                partition: message.record.position.partition
            )
            try await answer(message, failure, failure.description, in: partition, &output)
            _ = try await output.end()
        }
        return false
    }

    private func makeOutput() -> MappingOutput {
        MappingOutput(producer: producer, namespace: namespace, source: source)
    }

    /// - Returns: The record with the reason, if it goes to the dead letters.
    private func handOn(
        _ record: Record,
        in partition: TopicPartition,
        _ output: inout MappingOutput
    ) async throws -> Rejection? {
        let message: IncomingMessage
        do {
            message = try IncomingMessage(record)
        } catch let error as UndecodableMessage {
            return Rejection(record: record, failure: error)
        }
        guard let position = message.envelope.position, message.envelope.run != nil else {
            let failure = message.undecodable(MapperRefusal.noRun, "the message belongs to no run")
            return Rejection(record: record, failure: failure)
        }
        // A beginning is handed on however late: where registry and fetcher were restored from a backup, numbers come
        // again, and only the writer can say so (architecture.md §3.3).
        guard
            positions.admit(position, of: message.envelope.identityProvider, in: partition)
                || message.envelope.type == RunStarted.type
        else { return nil }
        output.message = message
        do {
            try await translate(message, &output)
            return nil
        } catch {
            guard let reason = Self.reason(of: error) else { throw error }
            try await answer(message, error, reason, in: partition, &output)
            // Where a run's rules are not to be had, no message is at fault.
            guard let ending = (error as? Unmappable)?.ending, ending.cause != .foreignTenant else {
                return Rejection(record: record, failure: error)
            }
            return nil
        }
    }

    private func translate(_ message: IncomingMessage, _ output: inout MappingOutput) async throws {
        let envelope = message.envelope
        switch envelope.type {
        case RunStarted.type:
            try await output.append(message.decode(RunStarted.self), from: envelope)
        case DepartmentPage.type:
            let batch = try message.read(DepartmentPage.self, PageMapping.map(departments:))
            try await output.append(page: batch, from: envelope)
        case UserPage.type:
            let mapping = try await mapping(of: message)
            let batch = try message.read(UserPage.self) { try PageMapping.map(users: $0, by: mapping) }
            try await output.append(page: batch, from: envelope)
        case UnchangedPages.type:
            var unchanged = try message.decode(UnchangedPages.self)
            unchanged.mapping = try await mapping(of: message).fingerprint
            try await output.append(unchanged, from: envelope)
        case FindingsFetched.type:
            let findings = try message.decode(FindingsFetched.self)
            let mapping = try await mapping(findings.mappingNumber, of: envelope)
            try await output.append(PageMapping.map(findings, by: mapping), from: envelope)
        case RunFetched.type:
            try await output.append(RunMapped(manifest: message.decode(RunFetched.self).manifest), from: envelope)
        case RunAborted.type:
            try await output.append(message.decode(RunAborted.self), from: envelope)
        default:
            throw message.undecodable(ReadingRefusal.unknownType, "the type \(envelope.type) is unknown")
        }
    }

    /// The rules of the page's run. Each page names them, as whoever takes over a partition in the middle of a run has
    /// not seen its beginning.
    private func mapping(of message: IncomingMessage) async throws -> CompiledMapping {
        guard let number = PageHead(of: message.value).mappingNumber else {
            throw message.undecodable(MapperRefusal.noRules, "the page does not say by which rules it is mapped")
        }
        return try await mapping(number, of: message.envelope)
    }

    private func mapping(_ number: MappingNumber, of envelope: Envelope) async throws -> CompiledMapping {
        try await mappings.mapping(number, of: envelope.identityProvider, tenant: envelope.tenant)
    }

    /// Tells the writer what is missing, or that the run is over.
    private func answer(
        _ message: IncomingMessage,
        _ error: any Error,
        _ reason: String,
        in partition: TopicPartition,
        _ output: inout MappingOutput
    ) async throws {
        let envelope = message.envelope
        guard let position = envelope.position, envelope.run != nil else { return }
        let ending = (error as? Unmappable)?.ending
        if ending == nil, [UserPage.type, DepartmentPage.type, UnchangedPages.type].contains(envelope.type) {
            let head = PageHead(of: message.value)
            let refused = PageRefused(page: head.page ?? 0, origin: head.origin, reason: reason)
            return try await output.append(refused, from: envelope)
        }
        if ending == nil, envelope.type == FindingsFetched.type, let unmapped = try? UnmappedFindings(message.value) {
            return try await output.append(unmapped.mapped, from: envelope)
        }
        let unreadable = RunAborted(
            outcome: .failed,
            reason: "A message of the run could not be read: \(reason).",
            cause: .unreadable
        )
        try await output.append(ending ?? unreadable, from: envelope)
        positions.end(position, of: envelope.identityProvider, in: partition)
    }

    /// Why the record can never be mapped; `nil` for what may pass, and for a cancellation.
    private static func reason(of error: any Error) -> String? {
        if let error = error as? UndecodableMessage { return error.reason }
        return FailureClass(of: error) == .permanent ? "\(error)" : nil
    }
}
