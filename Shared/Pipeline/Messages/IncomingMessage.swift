public import Failures
public import Kafka
public import Messages

/// A message about an identity provider whose headers were read, and whose value was not yet.
public typealias IncomingMessage = Incoming<Envelope>

/// A record whose headers were read, and whose value was not yet.
public struct Incoming<Head: MessageEnvelope>: Sendable {
    /// The record as it came.
    public let record: Record
    /// What the headers say of it.
    public let envelope: Head

    /// Reads the headers.
    ///
    /// - Throws: ``UndecodableMessage`` when they are not an envelope.
    public init(_ record: Record) throws {
        do {
            envelope = try Head(reading: record.header)
        } catch {
            throw UndecodableMessage(
                position: record.position,
                reason: error.description,
                cause: RejectionCause(ReadingRefusal.noEnvelope)
            )
        }
        self.record = record
    }

    /// The JSON; empty for a tombstone.
    public var value: [UInt8] { record.value ?? [] }

    /// Reads the value.
    ///
    /// - Throws: ``UndecodableMessage`` when there is none, when it is another kind of message, or
    ///   not of its form.
    public func decode<Content: Message>(_: Content.Type) throws -> Content {
        try read(Content.self, Content.decode)
    }

    /// Has the value read in another way than into the message that it is.
    ///
    /// - Parameter read: Is given the JSON.
    /// - Throws: ``UndecodableMessage`` as ``decode(_:)`` does.
    public func read<Content: Message, Value>(
        _: Content.Type,
        _ read: ([UInt8]) throws -> Value
    ) throws -> Value {
        guard envelope.type == Content.type else {
            throw undecodable(ReadingRefusal.unknownType, "'\(envelope.type)' is not '\(Content.type)'")
        }
        guard let value = record.value else { throw undecodable(ReadingRefusal.noValue, "there is no value") }
        do {
            return try read(value)
        } catch {
            throw undecodable(ReadingRefusal.notOfItsForm, "the value is no '\(Content.type)': \(Self.reason(error))")
        }
    }

    /// The error for a message of a kind or content that its reader cannot do anything with.
    ///
    /// - Parameters:
    ///   - refusal: One of the service's reasons.
    ///   - reason: What is wrong with it; never quotes it.
    public func undecodable(_ refusal: some RejectionReason, _ reason: String) -> UndecodableMessage {
        UndecodableMessage(position: record.position, reason: reason, cause: RejectionCause(refusal))
    }

    /// The path and what was expected there, without what was found: that may be a person's.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .keyNotFound(let key, let context): return "no \(path(context.codingPath + [key]))"
        case .valueNotFound(_, let context): return "null at \(path(context.codingPath))"
        case .typeMismatch(let type, let context): return "no \(type) at \(path(context.codingPath))"
        case .dataCorrupted(let context): return "not allowed at \(path(context.codingPath))"
        @unknown default: return "not of its form"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty ? "the top" : keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
}

extension PartitionBatch {
    /// The batch's records with their headers read, and those whose headers are none.
    public func messages() -> (readable: [IncomingMessage], rejected: [Rejection]) {
        var (readable, rejected) = ([IncomingMessage](), [Rejection]())
        readable.reserveCapacity(records.count)
        for record in records {
            do {
                readable.append(try IncomingMessage(record))
            } catch {
                rejected.append(Rejection(record: record, failure: error))
            }
        }
        return (readable, rejected)
    }

    /// Reads every record into what a handler makes of it: however many cannot be read, the batch is gone through once.
    ///
    /// - Parameter read: Makes something of a message; `nil` leaves it out.
    /// - Returns: What was made, in the batch's order, and the records that failed for good.
    /// - Throws: What `read` throws that is not permanent.
    public func read<Value>(
        _ read: (IncomingMessage) throws -> Value?
    ) throws -> (values: [Value], rejected: [Rejection]) {
        var (values, rejected) = ([Value](), [Rejection]())
        values.reserveCapacity(records.count)
        for record in records {
            do {
                if let value = try read(IncomingMessage(record)) { values.append(value) }
            } catch  where FailureClass(of: error) == .permanent {
                rejected.append(Rejection(record: record, failure: error))
            }
        }
        return (values, rejected)
    }
}

extension Rejection {
    /// The rejection of a record that fails for good with an error.
    public init(record: Record, failure: any Error) {
        self.init(
            record: record,
            reason: (failure as? UndecodableMessage)?.reason ?? "\(failure)",
            cause: (failure as? any ExplainedFailure)?.cause ?? RejectionCause(ReadingRefusal.failedForGood)
        )
    }
}
