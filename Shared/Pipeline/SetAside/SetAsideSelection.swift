public import Messages
public import Runtime

/// Which of what was set aside is meant; at first all of it.
public struct SetAsideSelection: Sendable, Equatable {
    /// Only these; none for all.
    public var ids: [String] = []
    /// Only of this reason, such as `unknown-type`.
    public var code: String?
    /// Only of this topic or table.
    public var place: String?
    /// Only of this type, such as `wecombridge.user-page.v1`.
    public var type: String?
    /// Only of this tenant.
    public var tenant: String?
    /// Only of this identity provider.
    public var identityProvider: String?
    /// The first moment.
    public var from: Timestamp?
    /// The first moment that is not meant.
    public var to: Timestamp?

    /// All of it.
    public init() {}

    /// Whether nothing was chosen.
    public var isOpen: Bool { self == SetAsideSelection() }

    /// Those that are meant.
    public func of(_ items: [SetAside]) -> [SetAside] {
        let (tenant, provider) = (self.tenant?.lowercased(), identityProvider?.lowercased())
        return items.filter { item in
            guard ids.isEmpty || ids.contains(item.id) else { return false }
            guard from.map({ item.since >= $0 }) ?? true, to.map({ item.since < $0 }) ?? true else { return false }
            return Self.matches(code, item.code) && Self.matches(place, item.place) && Self.matches(type, item.type)
                && Self.matches(tenant, item.tenant) && Self.matches(provider, item.identityProvider)
        }
    }

    private static func matches(_ wanted: String?, _ found: String?) -> Bool { wanted == nil || wanted == found }

    /// What the audit says was chosen.
    public var description: String {
        let named: [(String, String?)] = [
            ("reason", code), ("place", place), ("type", type), ("tenant", tenant), ("idp", identityProvider),
            ("from", from?.description), ("to", to?.description),
        ]
        let chosen = named.compactMap { name, value in value.map { "\(name) \($0)" } }
        let parts = ids.prefix(10).map { "id \($0)" } + chosen
        return parts.isEmpty ? "all" : parts.joined(separator: ", ")
    }

    /// What the audit keeps of a selection: never a value.
    ///
    /// - Parameter meant: What of it something is done about.
    public func details(of meant: [SetAside]) -> [String: JSON] {
        // Anybody may have written a letter's headers, and no database keeps this character in JSON.
        let groups = Dictionary(grouping: meant) { $0.code.replacing("\u{0}", with: "\u{FFFD}") }
        let codes = groups.mapValues { JSON.integer(Int64($0.count)) }
        return [
            "selection": .string(description), "count": .integer(Int64(meant.count)), "reasons": .object(codes),
        ]
    }
}
