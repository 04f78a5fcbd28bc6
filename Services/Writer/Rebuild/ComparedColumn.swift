/// What is compared of a row, and how it is taken over from the rebuilt one.
///
/// Where the log has lost its beginning, what it does not tell may have been told before: a column that is empty in the
/// rebuilt row says nothing then, and stays as it is in use.
struct ComparedColumn {
    /// What it is called in results.
    let name: String
    /// Whether the rows `live` and `rebuilt` differ in it.
    let isDifferent: String
    /// `column = value`, once or several times.
    let assignment: String

    /// A column that every record fills.
    static func always(_ name: String, _ column: String? = nil) -> ComparedColumn {
        let column = column ?? name
        return ComparedColumn(
            name: name,
            isDifferent: "live.\(column) is distinct from rebuilt.\(column)",
            assignment: "\(column) = rebuilt.\(column)"
        )
    }

    /// A column of which a record may tell nothing: it is empty where none ever did.
    static func ifTold(_ name: String, _ column: String? = nil, _ isTrimmed: Bool) -> ComparedColumn {
        guard isTrimmed else { return always(name, column) }
        let column = column ?? name
        return ComparedColumn(
            name: name,
            isDifferent: "rebuilt.\(column) is not null and live.\(column) is distinct from rebuilt.\(column)",
            assignment: "\(column) = coalesce(rebuilt.\(column), live.\(column))"
        )
    }

    /// Since when the row is removed; only whether it is, is compared.
    static func removal(_ others: [String]) -> ComparedColumn {
        let isDifferent = "(live.removed_at is null) <> (rebuilt.removed_at is null)"
        let assignments = (["removed_at"] + others).map { column in
            "\(column) = case when \(isDifferent) then rebuilt.\(column) else live.\(column) end"
        }
        return ComparedColumn(
            name: "removed",
            isDifferent: isDifferent,
            assignment: assignments.joined(separator: ", ")
        )
    }
}

extension ComparedColumn {
    /// Those of people. Not compared are the id, which stays, since when the row is there, and when it was written last.
    static func people(_ isTrimmed: Bool) -> [ComparedColumn] {
        var columns: [ComparedColumn] = [
            .always("tenant", "tenant_id"), .always("generation"), .always("externalID", "external_id"),
            .always("content", "content_hash"), .removal(["removed_because", "removed_epoch"]),
            .ifTold("openUserID", "open_user_id", isTrimmed), .ifTold("username", nil, isTrimmed),
            .ifTold("displayName", "display_name", isTrimmed), .ifTold("email", nil, isTrimmed),
            .ifTold("mobile", nil, isTrimmed), .ifTold("telephone", nil, isTrimmed), .ifTold("title", nil, isTrimmed),
            .ifTold("alias", nil, isTrimmed), .ifTold("gender", nil, isTrimmed),
            .ifTold("employeeNumber", "employee_number", isTrimmed), .ifTold("avatar", nil, isTrimmed),
            .ifTold("address", nil, isTrimmed), .ifTold("manager", nil, isTrimmed),
            .ifTold("department", nil, isTrimmed), .ifTold("locale", nil, isTrimmed),
            .ifTold("mainDepartment", "main_department", isTrimmed), .ifTold("leaders", nil, isTrimmed),
        ]
        columns += isTrimmed ? [statusIfTold, attributesIfTold] : [.always("status"), .always("attributes"), kept]
        return columns
    }

    /// Those of departments.
    static func departments(_ isTrimmed: Bool) -> [ComparedColumn] {
        var columns: [ComparedColumn] = [
            .always("tenant", "tenant_id"), .always("content", "content_hash"), .removal(["removed_epoch"]),
            .ifTold("parent", "parent_id", isTrimmed), .ifTold("name", nil, isTrimmed),
            .ifTold("englishName", "english_name", isTrimmed), .ifTold("leaders", nil, isTrimmed),
        ]
        // Of one of whom no order was told it is 0, as it can be told.
        if !isTrimmed { columns.append(.always("order", "sort_order")) }
        return columns
    }

    private static let kept = ComparedColumn.always("kept", "is_kept")

    /// Somebody of whom no state was told is active: that lets nobody in who was shut out before the log begins.
    private static let statusIfTold = ComparedColumn(
        name: "status",
        isDifferent: "rebuilt.status <> 1 and live.status <> rebuilt.status",
        assignment: "status = case when rebuilt.status <> 1 then rebuilt.status else live.status end"
    )

    private static let attributesIfTold = ComparedColumn(
        name: "attributes",
        isDifferent: "not coalesce(live.attributes, '{}') @> coalesce(rebuilt.attributes, '{}')",
        assignment: """
            attributes = case when rebuilt.attributes is null then live.attributes
            else coalesce(live.attributes, '{}') || rebuilt.attributes end
            """
    )
}
