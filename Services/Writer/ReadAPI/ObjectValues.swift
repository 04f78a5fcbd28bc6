import FoundationEssentials
import Messages
import Runtime

/// What an object was, or some of it, as the read API shows it: the columns of its row by the API's names.
///
/// Columns that are nobody's business outside are left out; any other one is shown, whatever it is.
struct ObjectValues: Encodable, Sendable {
    let members: [String: JSON]

    private static let hidden: Set<String> = [
        "content_hash", "created_at", "generation", "is_kept", "likeness", "removed_epoch", "updated_at",
    ]
    private static let names = [
        "external_id": "externalID", "memberships": "departments", "open_user_id": "openUserID",
        "parent_id": "parentID",
        "sort_order": "order",
    ]

    /// - Parameter image: Text of `directory.image`, or of a part of it.
    /// - Throws: `DecodingError`.
    init(_ image: String) throws {
        guard case .object(let columns) = try JSON(parsing: Data(image.utf8)) else {
            members = [:]
            return
        }
        var members: [String: JSON] = [:]
        for (column, value) in columns where !Self.hidden.contains(column) {
            members[Self.names[column] ?? Self.camelCase(column)] = Self.shown(value, of: column)
        }
        self.members = members
    }

    private init(members: [String: JSON]) { self.members = members }

    /// What was changed, before and after, but for what was nothing and is nothing, if said in another way.
    ///
    /// - Throws: `DecodingError`.
    static func change(_ before: String?, _ after: String?) throws -> (before: ObjectValues?, after: ObjectValues?) {
        guard let before = try before.map({ try ObjectValues($0) }), let after = try after.map({ try ObjectValues($0) })
        else { return (try before.map { try ObjectValues($0) }, try after.map { try ObjectValues($0) }) }
        let empty = before.members.keys.filter { isNothing(before.members[$0]) && isNothing(after.members[$0]) }
        func told(_ values: ObjectValues) -> ObjectValues {
            ObjectValues(members: values.members.filter { !empty.contains($0.key) })
        }
        return (told(before), told(after))
    }

    private static func isNothing(_ value: JSON?) -> Bool {
        switch value {
        case nil, .null, .string(""), .array([]): true
        case .object(let members): members.values.allSatisfy { isNothing($0) }
        default: false
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(members)
    }

    private static func shown(_ value: JSON, of column: String) -> JSON {
        switch (column, value) {
        case ("memberships", .array(let all)): .array(all.map(membership))
        case ("removed_at", .string(let text)): .string(time(text))
        default: value
        }
    }

    /// As all times are written; the database has another form.
    private static func time(_ text: String) -> String {
        let isUTC = text.hasSuffix("+00:00")
        return Timestamp(isUTC ? text.dropLast(6) + "Z" : text)?.description ?? text
    }

    private static func membership(_ value: JSON) -> JSON {
        guard case .array(let parts) = value, parts.count == 3 else { return value }
        return .object(["id": parts[0], "order": parts[1], "isLeader": parts[2]])
    }

    private static func camelCase(_ column: String) -> String {
        let words = column.split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
