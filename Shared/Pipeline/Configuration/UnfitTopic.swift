/// A topic that loses what it must keep, so that no service may work with it.
public struct UnfitTopic: Error, Equatable, CustomStringConvertible {
    /// Its name on the broker.
    public let topic: String
    /// The setting that is wrong, by Kafka's own name.
    public let setting: String
    /// What the broker has.
    public let found: String
    /// What it must have.
    public let wanted: String

    /// What is wrong, and how to mend it.
    public var description: String {
        "\(topic) has \(setting)=\(found), and must have \(wanted), or what it has to keep for ever is lost: set it with "
            + "kafka-configs.sh --alter --entity-type topics --entity-name \(topic) --add-config \(setting)=\(wanted), "
            + "then publish all configurations again"
    }
}
