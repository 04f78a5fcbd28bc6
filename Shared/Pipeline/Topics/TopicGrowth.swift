public import Kafka

/// Topics that get more partitions, so that more copies of each service share the work.
///
/// A multiple of what they have: what has a key then stays in its partition or moves to one with a higher number, and whoever
/// reads a topic by its partitions' numbers reads what was written first before what was written later.
public struct TopicGrowth: Equatable, Sendable {
    /// The service that is stopped meanwhile, as it alone begins runs.
    ///
    /// What it has not read need not be read before: the ends of runs that ended after it stopped, which no other group
    /// reads. Progress of the same identity provider lies in another partition only once a later run was begun, and but
    /// for a deletion, which waits for nobody, the registry begins one after it has read the end of the one before.
    /// Where it reads them side by side all the same, each message concerns the row of its own run alone, of which the
    /// first end counts, and epochs only rise (`ProgressHandler`).
    public static let stopped = "idp-registry"
    /// How long after growing nothing new may begin: producers look for partitions every 10 s, and whoever reads without
    /// a group every 15 s.
    public static let settling = Duration.seconds(30)

    /// Those that have fewer, by their names on the brokers.
    public let topics: [String]

    /// Why the topics must not grow, and what to do.
    public struct Refusal: Error, Equatable, CustomStringConvertible {
        /// In a sentence or two.
        public let description: String
    }

    /// - Parameters:
    ///   - names: Those of the catalogue.
    ///   - found: What the brokers have of them.
    ///   - partitions: How many each is to have.
    ///   - groups: How far every service is behind on what it reads; the stopped one may be.
    /// - Throws: ``Refusal``.
    public init(
        of names: [String],
        found: [String: TopicDescription],
        to partitions: Int32,
        groups: [GroupLag]
    ) throws(Refusal) {
        var topics: [String] = []
        for name in names {
            guard let has = found[name]?.partitions else {
                throw Refusal(description: "\(name) is missing. Create it first: bridgectl topics apply")
            }
            guard has != partitions else { continue }
            guard has > 0, partitions > has, partitions.isMultiple(of: has) else {
                throw Refusal(
                    description: "\(name) has \(has) partitions. Give a multiple of that, such as --partitions "
                        + "\(max(1, has) * 2): with any other number an identity provider's messages could come to lie "
                        + "before its older ones."
                )
            }
            topics.append(name)
        }
        let reading = groups.filter { $0.consumer != Self.stopped }
        if !topics.isEmpty, let behind = reading.first(where: { $0.messages > 0 }) {
            throw Refusal(
                description: "\(behind.consumer) has \(behind.messages) messages of \(behind.topic) to read. Stop the "
                    + "registry, let the other services read everything (bridgectl lag), and try again."
            )
        }
        self.topics = topics
    }
}
