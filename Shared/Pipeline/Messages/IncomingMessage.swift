public import Kafka
public import Messages

/// A record whose headers were read, and whose value was not yet.
public struct IncomingMessage: Sendable {
    /// The record as it came.
    public let record: Record
    /// What the headers say of it.
    public let envelope: Envelope

    /// Reads the headers.
    ///
    /// - Throws: ``UndecodableMessage`` when they are not an envelope.
    public init(_ record: Record) throws {
        do {
            envelope = try Envelope(reading: record.header)
        } catch {
            throw UndecodableMessage(position: record.position, reason: error.description)
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
            throw undecodable("'\(envelope.type)' is not '\(Content.type)'")
        }
        guard let value = record.value else { throw undecodable("there is no value") }
        do {
            return try read(value)
        } catch {
            throw undecodable("the value is no '\(Content.type)': \(Self.reason(error))")
        }
    }

    /// The error for a message of a kind or content that its reader cannot do anything with.
    public func undecodable(_ reason: String) -> UndecodableMessage {
        UndecodableMessage(position: record.position, reason: reason)
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
                let reason = (error as? UndecodableMessage)?.reason ?? "\(error)"
                rejected.append(Rejection(record: record, reason: reason))
            }
        }
        return (readable, rejected)
    }
}
