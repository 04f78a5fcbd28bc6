import JSONCoding

/// The hot reader and writer; a property test holds them to what Codable reads and writes.
extension UserRecord {
    private static let keys = JSONKeys([
        "externalID", "username", "displayName", "email", "mobile", "telephone", "title", "alias", "status",
        "mainDepartment", "memberships", "leaders", "attributes", "contentHash", "openUserID", "gender",
        "employeeNumber", "avatar", "address", "manager", "department", "locale",
    ])
    private static let required = JSONMembers(0, 12, 13)
    private static let membershipKeys = JSONKeys(["department", "order", "isLeader"])
    private static let requiredOfMembership = JSONMembers(0, 1, 2)

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("externalID")
        writer.write(externalID)
        writer.write("openUserID", openUserID)
        writeFields(to: &writer)
        if let status {
            writer.key("status")
            writer.write(Int64(status.rawValue))
        }
        if let mainDepartment {
            writer.key("mainDepartment")
            writer.write(mainDepartment)
        }
        if let memberships {
            writer.key("memberships")
            Self.write(memberships, to: &writer)
        }
        if let leaders {
            writer.key("leaders")
            writer.write(leaders)
        }
        writer.key("attributes")
        writer.beginObject()
        if !attributes.isEmpty {
            for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
                writer.key(escaping: key)
                writer.write(value)
            }
        }
        writer.endObject()
        writer.key("contentHash")
        contentHash.write(to: &writer)
        writer.endObject()
    }

    private func writeFields(to writer: inout JSONWriter) {
        writer.write("username", username)
        writer.write("displayName", displayName)
        writer.write("email", email)
        writer.write("mobile", mobile)
        writer.write("telephone", telephone)
        writer.write("title", title)
        writer.write("alias", alias)
        writer.write("gender", gender)
        writer.write("employeeNumber", employeeNumber)
        writer.write("avatar", avatar)
        writer.write("address", address)
        writer.write("manager", manager)
        writer.write("department", department)
        writer.write("locale", locale)
    }

    private static func write(_ memberships: [Membership], to writer: inout JSONWriter) {
        writer.beginArray()
        for membership in memberships {
            writer.beginObject()
            writer.key("department")
            writer.write(membership.department)
            writer.key("order")
            writer.write(membership.order)
            writer.key("isLeader")
            writer.write(membership.isLeader)
            writer.endObject()
        }
        writer.endArray()
    }

    static func read(_ reader: inout JSONReader) throws(JSONError) -> UserRecord {
        var record = UserRecord(
            externalID: "",
            status: nil,
            memberships: nil,
            leaders: nil,
            contentHash: .zero
        )
        var members = JSONMembers()
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            members.insert(key)
            switch key {
            case 0: record.externalID = try reader.readString()
            case 1: record.username = try reader.readStringOrNull()
            case 2: record.displayName = try reader.readStringOrNull()
            case 3: record.email = try reader.readStringOrNull()
            case 4: record.mobile = try reader.readStringOrNull()
            case 5: record.telephone = try reader.readStringOrNull()
            case 6: record.title = try reader.readStringOrNull()
            case 7: record.alias = try reader.readStringOrNull()
            case 8: record.status = try reader.readNull() ? nil : readStatus(&reader)
            case 9: record.mainDepartment = try reader.readInt64OrNull()
            case 10: record.memberships = try reader.readNull() ? nil : readMemberships(&reader)
            case 11: record.leaders = try reader.readNull() ? nil : reader.readStrings()
            case 12: record.attributes = try readAttributes(&reader)
            case 13: record.contentHash = try ContentDigest.read(&reader)
            case 14: record.openUserID = try reader.readStringOrNull()
            case 15: record.gender = try reader.readStringOrNull()
            case 16: record.employeeNumber = try reader.readStringOrNull()
            case 17: record.avatar = try reader.readStringOrNull()
            case 18: record.address = try reader.readStringOrNull()
            case 19: record.manager = try reader.readStringOrNull()
            case 20: record.department = try reader.readStringOrNull()
            case 21: record.locale = try reader.readStringOrNull()
            default: try reader.skipValue()
            }
        }
        guard members.contains(required), !record.externalID.isEmpty else {
            throw JSONError(expected: "person with externalID, attributes and contentHash", offset: reader.offset)
        }
        return record
    }

    private static func readStatus(_ reader: inout JSONReader) throws(JSONError) -> Status {
        let offset = reader.offset
        guard let status = Status(rawValue: Int(try reader.readInt64())) else {
            throw JSONError(expected: "known status", offset: offset)
        }
        return status
    }

    private static func readAttributes(_ reader: inout JSONReader) throws(JSONError) -> [String: String] {
        var attributes: [String: String] = [:]
        try reader.beginObject()
        while let key = try reader.nextKey() { attributes[key] = try reader.readString() }
        return attributes
    }

    private static func readMemberships(_ reader: inout JSONReader) throws(JSONError) -> [Membership] {
        var memberships: [Membership] = []
        try reader.beginArray()
        while try reader.nextElement() {
            var membership = Membership(department: 0)
            var members = JSONMembers()
            try reader.beginObject()
            while let key = try reader.nextKey(in: membershipKeys) {
                members.insert(key)
                switch key {
                case 0: membership.department = try reader.readInt64()
                case 1: membership.order = try reader.readInt64()
                case 2: membership.isLeader = try reader.readBool()
                default: try reader.skipValue()
                }
            }
            guard members.contains(requiredOfMembership) else {
                throw JSONError(expected: "department, order and isLeader", offset: reader.offset)
            }
            memberships.append(membership)
        }
        return memberships
    }
}
