public import Kafka
public import Messages

extension OutgoingRecord {
    /// A message in its envelope.
    ///
    /// - Parameters:
    ///   - envelope: Its type is the message's, whatever it says itself.
    ///   - topic: Needed for messages that several topics carry, such as `RunStarted`.
    ///   - namespace: What stands before the topic's name on the broker.
    /// - Throws: ``UnroutableMessage``, or what encoding throws.
    public init<Content: Message>(
        _ message: Content,
        envelope: some MessageEnvelope,
        to topic: Topic? = nil,
        in namespace: TopicNamespace
    ) throws {
        guard let topic = topic ?? TopicCatalogue.onlyTopic(of: Content.type) else {
            throw UnroutableMessage(type: Content.type)
        }
        var envelope = envelope
        envelope.type = Content.type
        self.init(encoded: try message.encode(), envelope: envelope, to: topic, in: namespace)
    }

    /// A message whose JSON is there already, in its envelope.
    ///
    /// - Parameters:
    ///   - envelope: Says of which type the message is.
    ///   - namespace: What stands before the topic's name on the broker.
    public init(encoded json: [UInt8], envelope: some MessageEnvelope, to topic: Topic, in namespace: TopicNamespace) {
        self.init(
            topic: namespace.name(of: topic),
            key: envelope.key,
            value: json,
            headers: envelope.headers.map { Header($0.name, $0.value) }
        )
    }

}

/// No topic, or more than one, carries a kind of message.
public struct UnroutableMessage: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of message.
    public let type: MessageType

    /// One line.
    public var description: String { "the topic of '\(type)' has to be given" }
}

extension TopicCatalogue {
    /// The topic that carries a kind of message, if it is the only one.
    fileprivate static func onlyTopic(of type: MessageType) -> Topic? {
        let topics = streams.filter { $0.carries.contains(type) }
        return topics.count == 1 ? topics[0] : nil
    }
}
