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
    let version: String?
    /// What somebody else stored meanwhile.
    let storedNow: StoredNow?
    let mayEdit: Bool

    init(_ field: ExtendedField?, version: String?, _ tenant: Tenant, _ visit: Visit) {
        let form = visit.form
        let isTyped = form["type"] != nil
        self.version = version.map { visit.version(now: $0) }
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
        isRequired = isTyped ? form["required"] != nil : field?.isRequired ?? false
        isVisible = isTyped ? form["visible"] != nil : field?.isVisible ?? true
        mayEdit = visit.may(.admin)
        let typed = [chinese, english, chosen, options, "\(isRequired)", "\(isVisible)"]
        storedNow = field.flatMap { Self.differences(typed, $0, visit) }
    }

    private static func differences(_ typed: [String], _ field: ExtendedField, _ visit: Visit) -> StoredNow? {
        let texts = visit.texts
        let labels = [
            texts["fields.chinese"], texts["fields.english"], texts["field.type"], texts["field.options"],
            texts["fields.required"], texts["fields.visible"],
        ]
        let stored = [
            field.titles["zh"] ?? field.titles["zh-CN"] ?? "", field.titles["en"] ?? "", field.type,
            field.options.joined(separator: "\n"), "\(field.isRequired)", "\(field.isVisible)",
        ]
        func shown(_ value: String) -> String {
            switch value {
            case "": "–"
            case "true": texts["common.yes"]
            case "false": texts["common.no"]
            default: texts.find("fields.\(value)") ?? value
            }
        }
        let values = zip(labels, zip(typed, stored)).map { label, pair in
            StoredValue(label, typed: shown(pair.0), stored: shown(pair.1))
        }
        return StoredNow(values, visit)
    }
}
