import Runtime
import Web

/// The settings of an identity provider, as a form shows them.
struct SettingsForm: Sendable {
    struct Cycle: Sendable {
        let hours: Int
        let isChosen: Bool
    }

    let back: String
    let version: String?
    let name: String
    let description: String
    let isEnabled: Bool
    let isAutomatic: Bool
    let readsPeople: Bool
    let tellsContacts: Bool
    let cycles: [Cycle]
    /// Hours of the day, or none.
    let quietFrom: [Choice]
    let quietTo: [Choice]
    let timeZone: String
    let schema: String?
    let schemaAdvice: Sentence?
    let isSchemaNeeded: Bool
    let isSchemaComputed: Bool
    let mayChange: Bool

    /// A new one, or what was typed of it.
    init(back: String, _ visit: Visit) {
        self.init(back: back, nil, visit)
    }

    /// Those that an identity provider has, or what was typed instead.
    init(of provider: IdentityProvider, _ visit: Visit) {
        self.init(back: "/idps/\(provider.id)", provider, visit)
    }

    private init(back: String, _ provider: IdentityProvider?, _ visit: Visit) {
        let form = visit.form
        let isTyped = form["name"] != nil
        self.back = back
        version = provider.map { visit.version(now: $0.revision) }
        name = form["name"] ?? provider?.name ?? ""
        description = form["description"] ?? provider?.description ?? ""
        isEnabled = isTyped ? form["status"] != "closed" : provider?.status != .closed
        isAutomatic = isTyped ? form["automatic"] != nil : provider?.automaticSynchronization ?? true
        readsPeople = isTyped ? form["people"] != nil : provider?.synchronizeUserInformation ?? true
        tellsContacts = isTyped ? form["contacts"] != nil : provider?.tellContactDetails ?? false
        let chosen = form["cycle"].flatMap { Int($0) } ?? provider?.cycleHours ?? 24
        cycles = (1...24).map { Cycle(hours: $0, isChosen: $0 == chosen) }
        let quiet = isTyped ? nil : provider?.quietHours
        quietFrom = Self.hours(chosen: form["quietFrom"] ?? quiet.map { "\($0.from)" }, visit.texts)
        quietTo = Self.hours(chosen: form["quietTo"] ?? quiet.map { "\($0.to)" }, visit.texts)
        timeZone = form["timeZone"] ?? quiet?.timeZone ?? Self.usualTimeZone
        schema = isTyped ? form["schema"] : provider?.schema
        schemaAdvice = (provider?.schemaAdvice).map(visit.texts.sentence)
        isSchemaNeeded = provider?.schemaOrigin == "needed"
        isSchemaComputed = provider?.schemaOrigin == "computed"
        mayChange = visit.may(.admin)
    }

    private static let usualTimeZone = "Asia/Shanghai"

    private static func hours(chosen: String?, _ texts: Texts) -> [Choice] {
        let none = Choice(value: "", label: texts["common.none"], isChosen: chosen?.isEmpty ?? true)
        return [none]
            + (0...23).map { hour in
                let label = hour < 10 ? "0\(hour):00" : "\(hour):00"
                return Choice(value: "\(hour)", label: label, isChosen: chosen == "\(hour)")
            }
    }

    /// Without either end there are none; with one alone the registry says that the other is missing.
    private static func quietHours(in form: FormFields) -> JSON {
        let (from, to) = (form["quietFrom"] ?? "", form["quietTo"] ?? "")
        guard !from.isEmpty || !to.isEmpty else { return .null }
        var quiet: [String: JSON] = ["timeZone": .string(form["timeZone"]?.trimming ?? usualTimeZone)]
        quiet["from"] = Int64(from).map(JSON.integer)
        quiet["to"] = Int64(to).map(JSON.integer)
        return .object(quiet)
    }

    /// What the registry is asked for by such a form.
    static func body(of form: FormFields, isNew: Bool) -> [String: JSON] {
        var body: [String: JSON] = [
            "name": .string(form["name"] ?? ""), "description": .string(form["description"] ?? ""),
            "automaticSynchronization": .boolean(form["automatic"] != nil),
            "synchronizeUserInformation": .boolean(form["people"] != nil),
            "tellContactDetails": .boolean(form["contacts"] != nil),
            "cycleHours": .integer(form["cycle"].flatMap { Int64($0) } ?? 24),
            "quietHours": quietHours(in: form),
        ]
        if isNew {
            body["status"] = .string(form["status"] == "closed" ? "closed" : "enabled")
        } else {
            // An empty one is worked out where it can be.
            body["schema"] = form["schema"].map(JSON.string) ?? .null
        }
        return body
    }
}
