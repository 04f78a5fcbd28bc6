import Postgres

extension FilterModel {
    /// People, rows `u` of `directory.users`.
    static let user = FilterModel(
        schema: SCIMSchema.user.lowercased(),
        columns: userColumns.merging(enterpriseColumns) { $1 }.merging(personColumns) { $1 },
        rows: userRows,
        open: (
            SCIMSchema.extendedFields.lowercased(),
            { name in
                .text(
                    "(select f.value from jsonb_each_text(u.attributes) f where lower(f.key) = \(name) order by f.key limit 1)"
                )
            }
        )
    )

    private static let userColumns: [String: FilterColumn] = [
        "id": FilterColumn(.id, "u.id"),
        "externalid": .text("u.external_id", isCaseExact: true),
        "username": .text("coalesce(nullif(u.username, ''), u.external_id)"),
        "displayname": .text("u.display_name"),
        "name": .text("u.display_name"),
        "name.formatted": .text("u.display_name"),
        "nickname": .text("u.alias"),
        "title": .text("u.title"),
        "locale": .text("u.locale"),
        "active": FilterColumn(.boolean, "(u.removed_at is null and u.status in (1, 4))"),
        "meta": .text("'User'::text"),
        "meta.resourcetype": .text("'User'::text", isCaseExact: true),
        "meta.created": FilterColumn(.time, "u.created_at"),
        "meta.lastmodified": FilterColumn(.time, "u.updated_at"),
    ]

    private static let enterpriseColumns: [String: FilterColumn] = {
        let schema = SCIMSchema.enterprise.lowercased()
        return [
            "\(schema):employeenumber": .text("u.employee_number"),
            "\(schema):department": .text(
                """
                coalesce(nullif(u.department, ''), (select d.name from departments d
                    where d.idp_id = u.idp_id and d.external_id = u.main_department and d.removed_at is null))
                """
            ),
            "\(schema):manager.value": FilterColumn(.userID, manager),
        ]
    }()

    /// Whom the person reports to: whom a rule names, else the first of those WeCom names.
    private static let manager: SQL = "coalesce(nullif(u.manager, ''), u.leaders[1])"

    private static let personColumns: [String: FilterColumn] = {
        let schema = SCIMSchema.person.lowercased()
        return [
            "\(schema):identityprovider": FilterColumn(.id, "u.idp_id"),
            "\(schema):status": FilterColumn(.integer, "u.status"),
            "\(schema):gender": .text("u.gender"),
            "\(schema):maindepartment": .text(mainDepartment, isCaseExact: true),
            "\(schema):maindepartment.value": .text(mainDepartment, isCaseExact: true),
        ]
    }()

    private static let mainDepartment: SQL = """
        (select d.idp_id || '.' || d.external_id from departments d
        where d.idp_id = u.idp_id and d.external_id = u.main_department and d.removed_at is null)
        """

    /// What a person's resource names (``SCIMResource``): an extension only where the person has anything of it. The
    /// manager is looked up last, as most have something else of the enterprise's.
    private static let schemas: SQL = """
        select \(SCIMSchema.user)::text as value
        union all select \(SCIMSchema.person)::text
        union all select \(SCIMSchema.enterprise)::text
        where u.employee_number <> '' or u.department <> ''
            or exists (
                select from departments d where d.idp_id = u.idp_id and d.external_id = u.main_department
                    and d.removed_at is null and d.name <> ''
            )
            or exists (
                select from users l where l.idp_id = u.idp_id and l.directory_key in (\(manager), lower(\(manager)))
            )
        union all select \(SCIMSchema.extendedFields)::text
        where exists (select from jsonb_each_text(u.attributes) f where f.value <> '')
        """

    private static let userRows: [String: Rows] = [
        "schemas": Rows(query: schemas, columns: ["value": .text("element.value")]),
        "emails": Rows(
            query: "select u.email as value, 'work' as type, true as is_primary where u.email <> ''",
            columns: valueColumns.merging(["primary": FilterColumn(.boolean, "element.is_primary")]) { $1 }
        ),
        "phonenumbers": Rows(
            query: """
                select * from (values (u.mobile, 'mobile'), (u.telephone, 'work')) numbers (value, type) where value <> ''
                """,
            columns: valueColumns
        ),
        "photos": Rows(
            query: "select u.avatar as value, 'photo' as type where u.avatar <> ''",
            columns: [
                "value": .text("element.value", isCaseExact: true), "type": .text("element.type"),
            ]
        ),
        "addresses": Rows(
            query: "select u.address as formatted, 'work' as type where u.address <> ''",
            columns: [
                "formatted": .text("element.formatted"), "value": .text("element.formatted"),
                "type": .text("element.type"),
            ]
        ),
        "groups": Rows(
            query: """
                select d.idp_id || '.' || d.external_id as value, d.name as display, 'direct' as type
                from memberships m
                join departments d on d.idp_id = m.idp_id and d.external_id = m.department_id
                where m.idp_id = u.idp_id and m.directory_key = u.directory_key and d.removed_at is null
                    and u.removed_at is null
                """,
            columns: [
                "value": .text("element.value", isCaseExact: true), "display": .text("element.display"),
                "type": .text("element.type"),
            ]
        ),
    ]

    private static let valueColumns: [String: FilterColumn] = [
        "value": .text("element.value"), "type": .text("element.type"),
    ]
}
