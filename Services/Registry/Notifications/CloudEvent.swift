import FoundationEssentials
import Messages
import Runtime

/// A notification as webhooks get it: CloudEvents 1.0, structured JSON. The same notification is the same bytes however
/// often it is sent.
struct CloudEvent: Encodable, Sendable {
    static let contentType = "application/cloudevents+json; charset=utf-8"

    private let notification: Notification
    private let publicURL: String

    /// - Parameter publicURL: Where the registry is reached, without a slash at the end; empty when that is not known.
    init(_ notification: Notification, publicURL: String) {
        self.notification = notification
        self.publicURL = publicURL
    }

    /// Its text.
    var body: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return [UInt8](try encoder.encode(self))
        }
    }

    /// What kinds are called: `wecombridge.run-failed.v1`.
    static func type(of kind: NotificationKind) -> String { "wecombridge.\(kind.rawValue).v1" }

    private enum CodingKeys: CodingKey {
        case specversion, id, source, type, subject, time, datacontenttype, tenantid, idpid, data
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("1.0", forKey: .specversion)
        try container.encode(notification.id.uuidString.lowercased(), forKey: .id)
        try container.encode(publicURL + source, forKey: .source)
        try container.encode(Self.type(of: notification.kind), forKey: .type)
        try container.encodeIfPresent(notification.idp?.description, forKey: .subject)
        try container.encode(notification.at, forKey: .time)
        try container.encode("application/json", forKey: .datacontenttype)
        try container.encode(notification.tenant, forKey: .tenantid)
        try container.encodeIfPresent(notification.idp, forKey: .idpid)
        let state = JSON.string(notification.state.rawValue)
        try container.encode(notification.facts.merging(["state": state]) { $1 }, forKey: .data)
    }

    private var source: String {
        notification.idp.map { "/api/v1/idps/\($0)" } ?? "/api/v1/tenants/\(notification.tenant)"
    }
}
