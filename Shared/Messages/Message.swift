/// What travels on a topic.
public protocol Message: Codable, Equatable, Sendable {
    /// What `ce_type` says of it.
    static var type: MessageType { get }

    /// Reads the JSON of a message. The hot types have a reader of their own instead of Foundation's.
    static func decode(_ json: [UInt8]) throws -> Self

    /// Writes the JSON of the message. The hot types have a writer of their own instead of Foundation's.
    func encode() throws -> [UInt8]
}

/// The name and major version of a kind of message, such as `wecombridge.user-batch.v1`.
public struct MessageType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The whole name.
    public let rawValue: String

    /// - Parameter rawValue: The whole name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// - Parameters:
    ///   - name: The kind, such as `user-batch`.
    ///   - version: The major version.
    init(_ name: String, version: Int = 1) { self.init(rawValue: "wecombridge.\(name).v\(version)") }

    /// The whole name.
    public var description: String { rawValue }
}
