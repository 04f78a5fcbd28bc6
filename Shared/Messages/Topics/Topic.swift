/// A topic: its name, and how long it keeps what it carries.
public struct Topic: Hashable, Sendable {
    /// How a topic lets go of messages.
    public enum Retention: Hashable, Sendable {
        /// Everything, for so many days.
        case days(Int)
        /// Each key's last message, for ever.
        case compacted
    }

    /// `<domain>.<noun>.v<major>`.
    public let name: String
    /// How it lets go of messages.
    public let retention: Retention
    /// The kinds of message that it carries.
    public let carries: [MessageType]

    /// The dead letters of one consumer of the topic, kept for 30 days.
    public func deadLetters(of consumer: String) -> Topic {
        Topic(name: "\(name).\(consumer).dead", retention: .days(30), carries: carries)
    }
}
