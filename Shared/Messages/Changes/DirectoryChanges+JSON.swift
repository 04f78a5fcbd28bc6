import FoundationEssentials
import JSONCoding

/// The hot reader and writer; a property test holds them to what Codable reads and writes.
extension DirectoryChanges {
    private static let keys = JSONKeys([
        "sequence", "users", "departments", "incarnation", "snapshot", "generation", "userIDCase",
    ])
    private static let required = JSONMembers(0, 1, 2, 3, 5, 6)

    /// Reads the JSON with the hot reader.
    public static func decode(_ json: [UInt8]) throws -> DirectoryChanges {
        var changes = DirectoryChanges(incarnation: Incarnation(UUID(high: 0, low: 0)), sequence: 0)
        var members = JSONMembers()
        var reader = JSONReader(json)
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            members.insert(key)
            switch key {
            case 0: changes.sequence = try reader.readInt64()
            case 1:
                try reader.beginArray()
                while try reader.nextElement() { changes.users.append(try UserChange.read(&reader)) }
            case 2:
                try reader.beginArray()
                while try reader.nextElement() { changes.departments.append(try DepartmentChange.read(&reader)) }
            case 3: changes.incarnation = try Incarnation.read(&reader)
            case 4: changes.snapshot = try reader.readNull() ? nil : DirectorySnapshot.read(&reader)
            case 5: changes.generation = Generation(rawValue: try reader.readInt64())
            case 6: changes.userIDCase = try UserIDCase.read(&reader)
            default: try reader.skipValue()
            }
        }
        try reader.finish()
        guard members.contains(required) else {
            throw JSONError(expected: "changes with all members", offset: json.count)
        }
        return changes
    }

    /// Writes the JSON with the hot writer.
    public func encode() throws -> [UInt8] {
        var draft = Draft(reserving: users.count)
        for user in users { draft.add(user) }
        for department in departments { draft.add(department) }
        return draft.finish(
            incarnation: incarnation,
            snapshot: snapshot,
            generation: generation,
            userIDCase: userIDCase,
            sequence: sequence
        )
    }
}

extension DirectoryChanges.UserChange {
    private static let keys = JSONKeys([
        "kind", "id", "externalID", "username", "displayName", "email", "isEnabled", "departments",
        "phoneNumber", "address",
    ])
    private static let required = JSONMembers(0, 1, 2, 6, 7)

    static func read(_ reader: inout JSONReader) throws(JSONError) -> Self {
        var members = JSONMembers()
        var change = Self(
            kind: .updated,
            id: UserID(UUID(high: 0, low: 0)),
            externalID: "",
            username: nil,
            displayName: nil,
            email: nil,
            isEnabled: false,
            departments: []
        )
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            members.insert(key)
            switch key {
            case 0: change.kind = try DirectoryChanges.Kind.read(&reader)
            case 1: change.id = try UserID.read(&reader)
            case 2: change.externalID = try reader.readString()
            case 3: change.username = try reader.readStringOrNull()
            case 4: change.displayName = try reader.readStringOrNull()
            case 5: change.email = try reader.readStringOrNull()
            case 6: change.isEnabled = try reader.readBool()
            case 7:
                try reader.beginArray()
                while try reader.nextElement() { change.departments.append(try reader.readInt64()) }
            case 8: change.phoneNumber = try reader.readStringOrNull()
            case 9: change.address = try reader.readStringOrNull()
            default: try reader.skipValue()
            }
        }
        guard members.contains(required), !change.externalID.isEmpty else {
            throw JSONError(expected: "person with all members", offset: reader.offset)
        }
        return change
    }
}

extension DirectoryChanges.DepartmentChange {
    private static let keys = JSONKeys(["kind", "externalID", "parentID", "name"])

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("kind")
        writer.write(kind.rawValue)
        writer.key("externalID")
        writer.write(externalID)
        if let parentID {
            writer.key("parentID")
            writer.write(parentID)
        }
        writer.write("name", name)
        writer.endObject()
    }

    static func read(_ reader: inout JSONReader) throws(JSONError) -> Self {
        var kind: DirectoryChanges.Kind?
        var externalID: Int64?
        var (parentID, name): (Int64?, String?) = (nil, nil)
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            switch key {
            case 0: kind = try DirectoryChanges.Kind.read(&reader)
            case 1: externalID = try reader.readInt64()
            case 2: parentID = try reader.readInt64OrNull()
            case 3: name = try reader.readStringOrNull()
            default: try reader.skipValue()
            }
        }
        guard let kind, let externalID else {
            throw JSONError(expected: "kind and externalID", offset: reader.offset)
        }
        return Self(kind: kind, externalID: externalID, parentID: parentID, name: name)
    }
}

extension RawRepresentable where RawValue == String {
    fileprivate static func read(_ reader: inout JSONReader) throws(JSONError) -> Self {
        let offset = reader.offset
        guard let value = Self(rawValue: try reader.readString()) else {
            throw JSONError(expected: "known \(Self.self)", offset: offset)
        }
        return value
    }
}
