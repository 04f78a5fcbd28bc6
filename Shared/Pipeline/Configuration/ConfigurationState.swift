import Kafka
import Messages

/// The table's content: the highest revision of each identity provider, deleted ones too.
struct ConfigurationState: Sendable {
    private(set) var entries: [IdentityProviderID: IdentityProviderConfiguration] = [:]
    /// Whether all that was there at the start has been read.
    var isCurrent = false

    /// Takes over a record.
    ///
    /// - Returns: The configuration, if it is new: an old revision changes nothing.
    /// - Throws: ``UndecodableMessage``.
    mutating func apply(_ record: Record) throws -> IdentityProviderConfiguration? {
        let configuration = try IncomingMessage(record).decode(IdentityProviderConfiguration.self)
        if let known = entries[configuration.id], configuration.revision <= known.revision { return nil }
        entries[configuration.id] = configuration
        return configuration
    }
}
