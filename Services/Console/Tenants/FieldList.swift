/// A tenant's extended fields, and a form for a new one.
struct FieldList: Sendable {
    struct Row: Sendable {
        let key: String
        let link: String
        let shownTitle: String
        let type: String
    }

    let rows: [Row]
    let form: FieldForm
    let mayChange: Bool

    init(_ tenant: Tenant, _ fields: [ExtendedField], _ visit: Visit) {
        rows = fields.map { field in
            Row(
                key: field.key,
                link: "/tenants/\(tenant.id)/extended-fields/\(field.key)",
                shownTitle: field.title(in: visit.language),
                type: visit.texts["fields.\(field.type)"]
            )
        }
        form = FieldForm(nil, version: nil, tenant, visit)
        mayChange = visit.may(.admin)
    }
}
