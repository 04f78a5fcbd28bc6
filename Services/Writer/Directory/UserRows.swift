import FoundationEssentials
import JSONCoding
import Messages
import Postgres

/// People as rows of `directory.users` and `directory.memberships`, in COPY's binary form.
struct UserRows {
    static let columns = """
        idp_id, directory_key, generation, id, tenant_id, external_id, open_user_id, username, display_name, email, mobile, \
        telephone, title, alias, gender, employee_number, avatar, address, manager, department, locale, status, \
        main_department, leaders, attributes, content_hash, likeness, created_at, updated_at
        """
    static let membershipColumns = "idp_id, directory_key, department_id, sort_order, is_leader"

    let identityProvider: UUID
    private let tenant: UUID
    private let generation: Int64
    private let time: Int64

    init(of identityProvider: IdentityProviderID, in segment: SourceSegment) {
        self.identityProvider = identityProvider.uuid
        tenant = segment.standing.tenant.uuid
        generation = segment.run.terms.generation.rawValue
        time = segment.run.requestedAt.millisecondsSince1970
    }

    /// The row of a person with that id.
    ///
    /// - Parameter isStaged: Whether it is to be merged with what is there: what WeCom did not tell stays open then.
    func append(_ change: UserChanges.Change, _ id: UserID, isStaged: Bool = false, to users: inout CopyRows) {
        let record = change.record
        users.beginRow(columns: 29)
        users.append(identityProvider)
        users.append(change.key.text)
        users.append(generation)
        users.append(id.uuid)
        users.append(tenant)
        users.append(record.externalID)
        users.append(record.openUserID)
        users.append(record.username)
        users.append(record.displayName)
        users.append(record.email)
        users.append(record.mobile)
        users.append(record.telephone)
        users.append(record.title)
        users.append(record.alias)
        users.append(record.gender)
        users.append(record.employeeNumber)
        users.append(record.avatar)
        users.append(record.address)
        users.append(record.manager)
        users.append(record.department)
        users.append(record.locale)
        users.append(Int16(record.status?.rawValue ?? (isStaged ? 0 : UserRecord.Status.active.rawValue)))
        users.append(isStaged || record.mainDepartment != 0 ? record.mainDepartment : nil)
        users.append(textArray: isStaged || record.leaders?.isEmpty == false ? record.leaders : nil)
        users.append(jsonb: record.attributes.isEmpty ? nil : Self.json(record.attributes))
        users.append(bytes: record.contentHash.high, record.contentHash.low)
        users.append(Likeness(record).rawValue)
        users.append(timestampMilliseconds: time)
        users.append(timestampMilliseconds: time)
    }

    /// Where the memberships of so many people go.
    static func memberships(reserving people: Int) -> CopyRows { CopyRows(reserving: people * 100) }

    /// A row for each department of the person.
    func appendMemberships(of change: UserChanges.Change, to memberships: inout CopyRows) {
        let all = change.record.memberships ?? []
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
            writer.key(escaping: key)
            writer.write(value)
        }
        writer.endObject()
        return writer.bytes
    }
}
