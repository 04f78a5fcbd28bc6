import Runtime
import Web

/// How fields map, as a form shows it: a row for each field of the directory.
struct MappingForm: Sendable {
    struct Kind: Sendable {
        let kind: String
        let label: String
        let isChosen: Bool
    }

    struct Row: Sendable {
        let target: String
        let label: String
        let isExtended: Bool
        let kinds: [Kind]
        let source: String?
        let fixed: String?
        let sample: String?
    }

    struct Source: Sendable {
        let source: String
        let example: String?
    }

    struct Person: Sendable {
        let externalID: String
        let name: String?
        let isShown: Bool
    }

    static let targets = ["username", "displayName", "email", "mobile", "telephone", "title", "alias"]
    /// What WeCom's user object has (wecom.md §3.6).
    static let sources = [
        "userid", "name", "alias", "email", "biz_mail", "mobile", "telephone", "position", "external_position",
        "gender", "address", "english_name", "open_userid", "avatar", "thumb_avatar", "qr_code",
    ]
    private static let kinds = ["none", "direct", "default", "constant"]

    let base: String
    let fieldsPath: String
    let version: String
    let rows: [Row]
    let sources: [Source]
    let people: [Person]
    let shownName: String?
    let obstacle: ProblemView?
    let problems: [String]
    let isConnected: Bool
    let mayChange: Bool
    /// Whether somebody real can be looked at.
    let mayLook: Bool

    /// - Parameter rules: What was typed, where something was.
    init(
        _ provider: IdentityProvider,
        _ rules: JSON?,
        _ preview: MappingPreview?,
        _ obstacle: ProblemView?,
        _ visit: Visit
    ) {
        let shown = preview?.people.first
        let current = Dictionary(Self.read(rules, provider).map { ($0.target, $0) }) { first, _ in first }
        base = "/idps/\(provider.id)"
        fieldsPath = "/tenants/\(provider.tenantID)/extended-fields"
        version = visit.version(now: provider.revision)
        let own = Self.targets.map { ($0, visit.texts["directory.\($0)"], false) }
        let extended = provider.extendedFields.map { ($0.key, $0.title(in: visit.language), true) }
        rows = (own + extended).map { target, label, isExtended in
            let rule = current[target]
            return Row(
                target: target,
                label: label,
                isExtended: isExtended,
                kinds: Self.kinds.map { kind in
                    Kind(kind: kind, label: visit.texts["mapping.\(kind)"], isChosen: kind == rule?.kind ?? "none")
                },
                source: rule?.source,
                fixed: rule?.value,
                sample: shown?.values[target]
            )
        }
        let found = shown?.sources ?? [:]
        sources = (Self.sources + found.keys.filter { !Self.sources.contains($0) }.sorted()).map {
            Source(source: $0, example: found[$0])
        }
        people = (preview?.people ?? []).map {
            Person(externalID: $0.externalID, name: $0.name, isShown: $0.externalID == shown?.externalID)
        }
        shownName = shown.map { $0.name ?? $0.externalID }
        problems = shown?.problems ?? []
        self.obstacle = obstacle
        isConnected = provider.authorization.state == .authorized
        mayChange = visit.may(.admin)
        mayLook = visit.may(.operator)
    }

    /// The rules that a form gives, as the registry takes them.
    static func rules(in form: FormFields, _ provider: IdentityProvider) -> JSON {
        let rules = (targets + provider.extendedFields.map(\.key)).compactMap { target -> JSON? in
            guard let kind = form["kind.\(target)"], kind != "none" else { return nil }
            var rule: [String: JSON] = ["target": .string(target), "kind": .string(kind)]
            if kind != "constant" { rule["source"] = .string(form["source.\(target)"] ?? "") }
            if kind != "direct" { rule["value"] = .string(form["value.\(target)"] ?? "") }
            return .object(rule)
        }
        return .array(rules)
    }

    private static func read(_ typed: JSON?, _ provider: IdentityProvider) -> [IdentityProvider.Rule] {
        guard case .array(let rules) = typed else { return provider.mapping }
        return rules.compactMap { rule in
            guard case .object(let fields) = rule else { return nil }
            func text(_ name: String) -> String? {
                if case .string(let text)? = fields[name] { text } else { nil }
            }
            guard let target = text("target"), let kind = text("kind") else { return nil }
            return IdentityProvider.Rule(target: target, kind: kind, source: text("source"), value: text("value"))
        }
    }
}
