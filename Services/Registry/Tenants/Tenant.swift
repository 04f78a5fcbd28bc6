import Messages
import Postgres

/// An enterprise that uses the product.
struct Tenant: Sendable, Equatable {
    /// How it stands.
    enum Status: String, Codable, CaseIterable, Sendable, PostgresDecodable, PostgresEncodable {
        case active
        /// Its identity providers are shut until it is resumed.
        case suspended
        /// Its identity providers are being deleted; it ends with the last of them.
        case deleting
        /// Only its enterprise ID is kept, so that it is nobody else's ever.
        case deleted
    }

    /// Since when it stands so, and why.
    struct StatusChange: Encodable, Sendable, Equatable {
        var since: Timestamp
        var reason: String?
    }

    var id: TenantID
    /// Grows by one with every change.
    var version: Int64
    var name: String
    /// What its employees type into the SASE client.
    var enterpriseID: EnterpriseID
    var status: Status
    var statusChange: StatusChange?
    var createdAt: Timestamp

    /// What its identity providers' configurations say of it.
    var statusOfConfigurations: TenantStatus { status == .suspended ? .suspended : .active }
}

extension Tenant {
    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        id, version, name, enterprise_id, status, \(time: "status_since"), status_reason, \(time: "created_at")
        """

    /// Reads one row of ``columns``.
    init(_ row: Row) throws {
        let since: Timestamp?
        let reason: String?
        (id, version, name, enterpriseID, status, since, reason, createdAt) = try row.decode(
            TenantID.self,
            Int64.self,
            String.self,
            EnterpriseID.self,
            Status.self,
            Timestamp?.self,
            String?.self,
            Timestamp.self
        )
        statusChange = since.map { StatusChange(since: $0, reason: reason) }
    }
}

extension Tenant: Encodable {
    private enum CodingKeys: CodingKey { case id, name, enterpriseID, status, statusChange, createdAt }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(enterpriseID, forKey: .enterpriseID)
        try container.encode(status, forKey: .status)
        try container.encodeIfPresent(statusChange, forKey: .statusChange)
        try container.encode(createdAt, forKey: .createdAt)
    }
}
