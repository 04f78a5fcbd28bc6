import Web

/// An extended field, as a form shows it.
struct FieldForm: Sendable {
    struct Kind: Sendable {
        let type: String
        let label: String
        let isChosen: Bool
    }

    let path: String
    let back: String
    let key: String
    let chinese: String
    let english: String
    let types: [Kind]
    let options: String
    let isRequired: Bool
    let isVisible: Bool
    let mayEdit: Bool

    init(_ field: ExtendedField?, _ tenant: Tenant, _ visit: Visit) {
        let form = visit.form
        back = "/tenants/\(tenant.id)/extended-fields"
        path = field.map { "/tenants/\(tenant.id)/extended-fields/\($0.key)" } ?? back
        key = field?.key ?? form["key"] ?? ""
        chinese = form["title.zh"] ?? field?.titles["zh"] ?? field?.titles["zh-CN"] ?? ""
        english = form["title.en"] ?? field?.titles["en"] ?? ""
        let chosen = form["type"] ?? field?.type ?? "text"
        types = ExtendedField.types.map {
            Kind(type: $0, label: visit.texts["fields.\($0)"], isChosen: $0 == chosen)
        }
        options = form["options"] ?? (field?.options ?? []).joined(separator: "\n")
        isRequired = field?.isRequired ?? false
        isVisible = field?.isVisible ?? true
        mayEdit = visit.may(.admin)
    }
}
