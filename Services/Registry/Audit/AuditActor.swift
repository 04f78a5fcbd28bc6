import FoundationEssentials
import Messages
import Postgres

/// Who did something, as the audit tells it. A key's name is anybody's choice, so kind and id say who it was.
struct AuditActor: Sendable, Equatable {
    enum Kind: String, Codable, CaseIterable, Sendable {
        /// The holder of an API key.
        case key
        /// The holder of the key that the installation was set up with.
        case bootstrap
        /// An administrator who signed in.
        case person
        /// WeCom, by a callback.
        case wecom
        /// The product by itself.
        case system
    }

    var kind: Kind
    /// Which key or person; nil where there is only one of the kind.
    var id: UUID?
    var name: String

    static let bootstrap = AuditActor(kind: .bootstrap, name: "bootstrap")
    static let wecom = AuditActor(kind: .wecom, name: "wecom")
    static let system = AuditActor(kind: .system, name: "registry")
}

extension AuditActor: CustomStringConvertible {
    /// What nobody else is called.
    var description: String {
        guard let id else { return kind.rawValue }
        return "\(kind.rawValue) \(id.uuidString.lowercased())"
    }
}

extension AuditActor: Codable, StoredAsJSON {
    private enum CodingKeys: CodingKey { case kind, id, name }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encodeIfPresent(id?.uuidString.lowercased(), forKey: .id)
        try container.encode(name, forKey: .name)
    }
}
