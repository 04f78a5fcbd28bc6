import FoundationEssentials
import JSONCoding
import Messages
import Postgres

/// People as rows of `directory.users` and `directory.memberships`, in COPY's binary form.
struct UserRows {
    static let columns = """
        idp_id, directory_key, id, tenant_id, external_id, username, display_name, email, mobile, telephone, title, \
        alias, status, main_department, leaders, attributes, content_hash, created_at, updated_at
        """
    static let membershipColumns = "idp_id, directory_key, department_id, sort_order, is_leader"

    private let identityProvider: UUID
    private let tenant: UUID
    private let time: Int64
    private let ids: UserIDDerivation
    private(set) var users: CopyRows
    private(set) var memberships: CopyRows

    /// Bytes to make room for at once; a person's row is about 350, a membership's 90.
    private static let bytesPerRow = (users: 400, memberships: 100)

    /// - Parameter count: About how many people there will be.
    init(
        of identityProvider: IdentityProviderID,
        in segment: SourceSegment,
        _ ids: UserIDDerivation,
        reserving count: Int
    ) {
        self.identityProvider = identityProvider.uuid
        tenant = segment.tenant.uuid
        time = segment.run.requestedAt.millisecondsSince1970
        self.ids = ids
        users = CopyRows(reserving: count * Self.bytesPerRow.users)
        memberships = CopyRows(reserving: count * Self.bytesPerRow.memberships)
    }

    /// - Returns: The person's id.
    @discardableResult
    mutating func append(_ change: UserChanges.Change) -> UserID {
        let record = change.record
        let id = ids[change.key]
        users.beginRow(columns: 19)
        users.append(identityProvider)
        users.append(change.key.text)
        users.append(id.uuid)
        users.append(tenant)
        users.append(record.externalID)
        users.append(record.username)
        users.append(record.displayName)
        users.append(record.email)
        users.append(record.mobile)
        users.append(record.telephone)
        users.append(record.title)
        users.append(record.alias)
        users.append(Int16(record.status.rawValue))
        users.append(record.mainDepartment)
        users.append(textArray: record.leaders.isEmpty ? nil : record.leaders)
        users.append(jsonb: record.attributes.isEmpty ? nil : Self.json(record.attributes))
        users.append(bytes: record.contentHash.high, record.contentHash.low)
        users.append(timestampMilliseconds: time)
        users.append(timestampMilliseconds: time)
        appendMemberships(of: change)
        return id
    }

    private mutating func appendMemberships(of change: UserChanges.Change) {
        let all = change.record.memberships
        for (index, membership) in all.enumerated()
        where index == 0 || !all[..<index].contains(where: { $0.department == membership.department }) {
            memberships.beginRow(columns: 5)
            memberships.append(identityProvider)
            memberships.append(change.key.text)
            memberships.append(membership.department)
            memberships.append(membership.order)
            memberships.append(membership.isLeader)
        }
    }

    private static func json(_ attributes: [String: String]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
            writer.key(key)
            writer.write(value)
        }
        writer.endObject()
        return writer.bytes
    }
}
