import Kafka
import Messages

/// The table's content: the highest revision of each identity provider.
struct ConfigurationState: Sendable {
    private(set) var entries: [IdentityProviderID: IdentityProviderConfiguration] = [:]
    /// The highest revision ever seen, also of those that are gone.
    private var highest: [IdentityProviderID: Revision] = [:]
    /// Those whose tombstone was the last that was heard of them.
    private(set) var deleted: Set<IdentityProviderID> = []
    /// Whether all that was there at the start has been read.
    var isCurrent = false

    /// Takes over a record.
    ///
    /// - Returns: What it changed, if anything: an old revision changes nothing.
    /// - Throws: ``UndecodableMessage``.
    mutating func apply(_ record: Record) throws -> ConfigurationChange? {
        guard record.value != nil else { return try delete(record) }
        let configuration = try IncomingMessage(record).decode(IdentityProviderConfiguration.self)
        if let known = highest[configuration.id], configuration.revision <= known { return nil }
        highest[configuration.id] = configuration.revision
        entries[configuration.id] = configuration
        deleted.remove(configuration.id)
        return .changed(configuration)
    }

    private mutating func delete(_ record: Record) throws -> ConfigurationChange? {
        let key = record.key.map { String(decoding: $0, as: UTF8.self) }
        guard let id = key.flatMap({ IdentityProviderID($0) }) else {
            throw UndecodableMessage(position: record.position, reason: "the key of a tombstone is no identifier")
        }
        deleted.insert(id)
        return entries.removeValue(forKey: id).map { _ in .deleted(id) }
    }
}
