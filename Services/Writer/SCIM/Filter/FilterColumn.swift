import FoundationEssentials
import Messages
import Postgres

/// What an attribute is in the database: an expression, and of which kind its values are.
struct FilterColumn: Sendable {
    enum Kind: Sendable {
        case text(isCaseExact: Bool)
        case id
        /// WeCom's user id of a person `u`'s identity provider, told as the person's id: only who has an id can be asked for, as
        /// looking up everybody's costs too much.
        case userID
        case boolean
        case time
        case integer
    }

    let kind: Kind
    let value: SQL

    init(_ kind: Kind, _ value: SQL) {
        self.kind = kind
        self.value = value
    }

    /// A text that is nothing when it is empty.
    static func text(_ value: SQL, isCaseExact: Bool = false) -> FilterColumn {
        FilterColumn(.text(isCaseExact: isCaseExact), "nullif(\(value), '')")
    }

    /// - Throws: ``FilterError`` where that is not known without looking everybody up.
    func isPresent(_ path: AttributePath) throws(FilterError) -> SQL {
        if case .userID = kind { throw FilterError("\(path) is compared with an id by eq and ne.") }
        return "(\(value)) is not null"
    }

    private static func named(_ key: SQL, _ comparison: FilterExpression.Comparison, _ text: String) -> SQL? {
        let id = UserID(text)?.uuid
        let named: SQL = """
            exists (select from users l where l.id = \(id)::uuid and l.idp_id = u.idp_id
                and l.directory_key in (\(key), lower(\(key))))
            """
        return switch comparison {
        case .equal: named
        case .notEqual: "(not \(named))"
        default: nil
        }
    }

    /// True or false, never null, so that `not` means what it says.
    ///
    /// - Throws: ``FilterError`` where the kind has no such comparison.
    func condition(
        _ comparison: FilterExpression.Comparison,
        _ literal: FilterExpression.Literal,
        of path: AttributePath
    ) throws(FilterError) -> SQL {
        if case .userID = kind {
            guard case .text(let text) = literal, let condition = Self.named(value, comparison, text) else {
                throw FilterError("\(path) is compared with an id by eq and ne.")
            }
            return condition
        }
        if literal == .null {
            switch comparison {
            case .equal: return "(\(value)) is null"
            case .notEqual: return "(\(value)) is not null"
            default: throw FilterError.nullOrder
            }
        }
        switch (kind, literal) {
        case (.text(let isCaseExact), .text(let text)):
            return Self.compare(value, comparison, with: text, isCaseExact: isCaseExact)
        case (.id, .text(let text)): return Self.compare(id: value, comparison, with: text)
        case (.boolean, .boolean(let wanted)):
            switch comparison {
            case .equal: return "coalesce((\(value)) = \(wanted)::boolean, false)"
            case .notEqual: return "((\(value)) is distinct from \(wanted)::boolean)"
            default: throw FilterError("\(path) is true or false, and compared by eq and ne.")
            }
        case (.time, .text(let text)):
            guard let time = Timestamp(rfc3339: text) else {
                throw FilterError("\(path) is compared with a time such as 2026-03-01T08:30:00Z.")
            }
            let moment: SQL = "\(time.description)::timestamptz"
            return try Self.order(value, comparison, moment, of: path)
        case (.integer, .number(let number)):
            guard let number = Int64(exactly: number) else {
                throw FilterError("\(path) is compared with a whole number.")
            }
            return try Self.order(value, comparison, "\(number)::bigint", of: path)
        default: throw FilterError("\(path) is compared with \(wanted), not with what is given.")
        }
    }

    private var wanted: String {
        switch kind {
        case .text, .id, .userID: "a text in quotes"
        case .boolean: "true or false"
        case .time: "a time in quotes"
        case .integer: "a number"
        }
    }

    private static func compare(
        _ value: SQL,
        _ comparison: FilterExpression.Comparison,
        with text: String,
        isCaseExact: Bool
    ) -> SQL {
        let left: SQL = isCaseExact ? "(\(value))" : "lower(\(value))"
        let right: SQL = isCaseExact ? "\(text)::text" : "lower(\(text)::text)"
        let condition: SQL =
            switch comparison {
            case .equal: "\(left) = \(right)"
            case .notEqual: "\(left) is distinct from \(right)"
            case .contains: "strpos(\(left), \(right)) > 0"
            case .starts: "starts_with(\(left), \(right))"
            case .ends: "right(\(left), length(\(right))) = \(right)"
            case .greater: "\(left) collate \"C\" > \(right)"
            case .greaterOrEqual: "\(left) collate \"C\" >= \(right)"
            case .less: "\(left) collate \"C\" < \(right)"
            case .lessOrEqual: "\(left) collate \"C\" <= \(right)"
            }
        return "coalesce(\(condition), false)"
    }

    /// Ids are looked up as what they are; that a text is none is no mistake.
    private static func compare(id value: SQL, _ comparison: FilterExpression.Comparison, with text: String) -> SQL {
        let id = UserID(text)?.uuid
        switch (comparison, id) {
        // No id is null, and so bare an equality finds one by an index.
        case (.equal, let id?): return "(\(value)) = \(id)"
        case (.equal, nil): return "false"
        case (.notEqual, let id?): return "((\(value)) is distinct from \(id))"
        case (.notEqual, nil): return "true"
        default: return compare("(\(value))::text", comparison, with: text, isCaseExact: true)
        }
    }

    private static func order(
        _ value: SQL,
        _ comparison: FilterExpression.Comparison,
        _ other: SQL,
        of path: AttributePath
    ) throws(FilterError) -> SQL {
        switch comparison {
        case .equal: return "coalesce((\(value)) = \(other), false)"
        case .notEqual: return "((\(value)) is distinct from \(other))"
        case .greater: return "coalesce((\(value)) > \(other), false)"
        case .greaterOrEqual: return "coalesce((\(value)) >= \(other), false)"
        case .less: return "coalesce((\(value)) < \(other), false)"
        case .lessOrEqual: return "coalesce((\(value)) <= \(other), false)"
        case .contains, .starts, .ends: throw FilterError("\(path) is no text: co, sw and ew do not apply.")
        }
    }
}
