/// A named value that travels beside a record's own.
public struct Header: Sendable, Equatable {
    /// Several headers of a record may share one name.
    public var name: String
    /// `nil` and empty differ.
    public var value: [UInt8]?

    /// A header of text, in UTF-8.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = Array(value.utf8)
    }

    /// A header of bytes, or of none.
    public init(_ name: String, bytes value: [UInt8]?) {
        self.name = name
        self.value = value
    }
}

/// A record to be written to a topic.
public struct OutgoingRecord: Sendable {
    /// The topic's name.
    public var topic: String
    /// Decides the partition: records with the same key keep their order.
    public var key: String?
    /// `nil` is a tombstone.
    public var value: [UInt8]?
    /// In the order given.
    public var headers: [Header]

    /// - Parameters:
    ///   - topic: The topic's name.
    ///   - key: `nil` leaves the partition to chance.
    ///   - value: `nil` is a tombstone.
    ///   - headers: Kept in this order.
    public init(topic: String, key: String? = nil, value: [UInt8]?, headers: [Header] = []) {
        self.topic = topic
        self.key = key
        self.value = value
        self.headers = headers
    }
}
