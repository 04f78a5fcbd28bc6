import Kafka
import Messages

/// The table's content: the highest revision of each identity provider.
struct ConfigurationState: Sendable {
    private(set) var entries: [IdentityProviderID: IdentityProviderConfiguration] = [:]
    /// The highest revision ever seen, also of those that are gone.
    private var highest: [IdentityProviderID: Revision] = [:]
    /// Those whose tombstone was the last that was heard of them.
    private(set) var deleted: Set<IdentityProviderID> = []
    /// Those of which a record could not be read, and none after it.
    private var unreadable: Set<IdentityProviderID> = []
    /// Whether all that was there at the start has been read.
    var isCurrent = false

    /// Whether an identity provider is gone for certain: its tombstone was read, or nothing at all of it was in a topic
    /// that has others. That the topic is empty says of nobody that they are gone: it may have been lost.
    func isGone(_ id: IdentityProviderID) -> Bool {
        guard entries[id] == nil, !unreadable.contains(id) else { return false }
        return deleted.contains(id) || isCurrent && !entries.isEmpty
    }

    /// Takes over a record.
    ///
    /// - Returns: What it changed, if anything: an old revision changes nothing.
    /// - Throws: ``UndecodableMessage``.
    mutating func apply(_ record: Record) throws -> ConfigurationChange? {
        guard record.value != nil else { return try delete(record) }
        let configuration: IdentityProviderConfiguration
        do {
            configuration = try IncomingMessage(record).decode(IdentityProviderConfiguration.self)
        } catch {
            if let id = Self.key(of: record) { unreadable.insert(id) }
            throw error
        }
        unreadable.remove(configuration.id)
        if let known = highest[configuration.id], configuration.revision <= known { return nil }
        highest[configuration.id] = configuration.revision
        entries[configuration.id] = configuration
        deleted.remove(configuration.id)
        return .changed(configuration)
    }

    private mutating func delete(_ record: Record) throws -> ConfigurationChange? {
        guard let id = Self.key(of: record) else {
            throw UndecodableMessage(position: record.position, reason: "the key of a tombstone is no identifier")
        }
        deleted.insert(id)
        unreadable.remove(id)
        return entries.removeValue(forKey: id).map { _ in .deleted(id) }
    }

    private static func key(of record: Record) -> IdentityProviderID? {
        record.key.flatMap { IdentityProviderID(String(decoding: $0, as: UTF8.self)) }
    }
}
