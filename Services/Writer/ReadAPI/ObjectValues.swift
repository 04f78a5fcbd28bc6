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
