import JSONCoding
import Messages
import Pipeline

/// The records that a message holds, each by its key, to be told again one by one.
enum LoggedRecords {
    /// As WeCom answered them.
    case answered(users: [(key: ObjectWords.Key, json: [UInt8])], departments: [(key: ObjectWords.Key, json: [UInt8])])
    /// As they were mapped, with the fields that the rules fill.
    case mapped(users: [UserRecord], departments: [DepartmentRecord], fields: MappedFields?, UserIDCase)

    /// - Returns: `nil` for messages that hold none.
    init?(_ message: IncomingMessage, _ userIDCase: UserIDCase) throws {
        switch message.envelope.type {
        case UserPage.type:
            self = .answered(users: try Self.users(message.decode(UserPage.self).users, userIDCase), departments: [])
        case DepartmentPage.type:
            let page = try message.decode(DepartmentPage.self)
            self = .answered(users: [], departments: try Self.departments(page.departments))
        case FindingsFetched.type:
            let findings = try message.decode(FindingsFetched.self)
            self = .answered(
                users: try Self.users(findings.users, userIDCase),
                departments: try Self.departments(findings.departments)
            )
        case UserBatch.type:
            let batch = try message.decode(UserBatch.self)
            self = .mapped(users: batch.users, departments: [], fields: batch.fields, userIDCase)
        case DepartmentBatch.type:
            let batch = try message.decode(DepartmentBatch.self)
            self = .mapped(users: [], departments: batch.departments, fields: nil, userIDCase)
        case FindingsMapped.type:
            let findings = try message.decode(FindingsMapped.self)
            self = .mapped(
                users: findings.users,
                departments: findings.departments,
                fields: findings.fields,
                userIDCase
            )
        default: return nil
        }
    }

    /// Whose they are.
    var keys: [ObjectWords.Key] {
        switch self {
        case .answered(let users, let departments): (departments + users).map(\.key)
        case .mapped(let users, let departments, _, let userIDCase):
            departments.map { .department($0.externalID) } + users.map { Self.key($0, userIDCase) }
        }
    }

    /// Only those whose keys are wanted.
    func only(_ isWanted: (ObjectWords.Key) -> Bool) -> LoggedRecords {
        switch self {
        case .answered(let users, let departments):
            .answered(users: users.filter { isWanted($0.key) }, departments: departments.filter { isWanted($0.key) })
        case .mapped(let users, let departments, let fields, let userIDCase):
            .mapped(
                users: users.filter { isWanted(Self.key($0, userIDCase)) },
                departments: departments.filter { isWanted(.department($0.externalID)) },
                fields: fields,
                userIDCase
            )
        }
    }

    private static func key(_ user: UserRecord, _ userIDCase: UserIDCase) -> ObjectWords.Key {
        .user(userIDCase.key(of: user.externalID).digest)
    }

    private static let userKeys = JSONKeys(["userid"])
    private static let departmentKeys = JSONKeys(["id"])

    private static func users(
        _ list: RawJSON,
        _ userIDCase: UserIDCase
    ) throws -> [(key: ObjectWords.Key, json: [UInt8])] {
        try elements(of: list, userKeys) { reader in
            .user(userIDCase.key(of: try reader.readString()).digest)
        }
    }

    private static func departments(_ list: RawJSON) throws -> [(key: ObjectWords.Key, json: [UInt8])] {
        try elements(of: list, departmentKeys) { reader in .department(try reader.readInt64()) }
    }

    /// An element whose key cannot be read is left out: nobody could say whose it is.
    private static func elements(
        of list: RawJSON,
        _ keys: JSONKeys,
        _ key: (inout JSONReader) throws -> ObjectWords.Key
    ) throws -> [(key: ObjectWords.Key, json: [UInt8])] {
        var (found, reader) = ([(key: ObjectWords.Key, json: [UInt8])](), JSONReader(list.bytes))
        try reader.beginArray()
        while try reader.nextElement() {
            let json = try reader.readRaw()
            var place: Range<Int>?
            var element = JSONReader(json)
            guard element.skipStrictValue(lookingFor: keys, { place = $1 }) != nil, let place else { continue }
            var value = JSONReader(json, in: place)
            if let key = try? key(&value) { found.append((key, json)) }
        }
        return found
    }
}
