import Postgres

extension FilterModel {
    /// Departments, rows `d` of `directory.departments`.
    static let group = FilterModel(
        schema: SCIMSchema.group.lowercased(),
        columns: groupColumns.merging(departmentColumns) { $1 },
        rows: [
            "schemas": Rows(
                query: "select \(SCIMSchema.group)::text as value union all select \(SCIMSchema.department)::text",
                columns: ["value": .text("element.value")]
            ),
            "members": Rows(
                query: """
                    select u.id as value from memberships m
                    join users u on u.idp_id = m.idp_id and u.directory_key = m.directory_key
                    where m.idp_id = d.idp_id and m.department_id = d.external_id and u.removed_at is null
                    """,
                // By what people are called is not found: that would look everybody up for each department.
                columns: ["value": FilterColumn(.id, "element.value"), "type": .text("'User'::text")]
            ),
        ],
        open: nil
    )

    private static let groupColumns: [String: FilterColumn] = [
        "id": .text("d.idp_id || '.' || d.external_id", isCaseExact: true),
        "externalid": .text("d.external_id::text", isCaseExact: true),
        "displayname": .text("coalesce(nullif(d.name, ''), d.external_id::text)"),
        "meta": .text("'Group'::text"),
        "meta.resourcetype": .text("'Group'::text", isCaseExact: true),
        "meta.created": FilterColumn(.time, "d.created_at"),
        "meta.lastmodified": FilterColumn(.time, "d.updated_at"),
    ]

    private static let departmentColumns: [String: FilterColumn] = {
        let schema = SCIMSchema.department.lowercased()
        let parent: SQL = """
            (select p.idp_id || '.' || p.external_id from departments p
            where p.idp_id = d.idp_id and p.external_id = d.parent_id and p.removed_at is null)
            """
        return [
            "\(schema):identityprovider": FilterColumn(.id, "d.idp_id"),
            "\(schema):englishname": .text("d.english_name"),
            "\(schema):order": FilterColumn(.integer, "d.sort_order"),
            "\(schema):parent": .text(parent, isCaseExact: true),
            "\(schema):parent.value": .text(parent, isCaseExact: true),
        ]
    }()
}
