/// What stands before the names of all topics and consumer groups, so that several installations
/// can share a broker. Empty by default.
public struct TopicNamespace: Hashable, Sendable {
    /// The prefix with its separator, or nothing.
    public let prefix: String

    /// - Parameter prefix: Letters, digits, `-`, `_` and `.`; at most 60.
    public init?(_ prefix: String) {
        guard prefix.utf8.count <= 60, prefix.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.prefix = prefix
    }

    private init() { prefix = "" }

    /// No prefix.
    public static let none = TopicNamespace()

    /// The topic's name on the broker.
    public func name(of topic: Topic) -> String { prefix + topic.name }

    /// The consumer group's name on the broker.
    public func group(_ name: String) -> String { prefix + name }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
