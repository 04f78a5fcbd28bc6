import Runtime

/// Which attributes of a resource are answered (RFC 7644 §3.9): `schemas` and `id` always.
struct SCIMProjection: Sendable {
    /// What is named, or all but what is named.
    private enum Choice: Sendable {
        case all
        case only([[String]])
        case without([[String]])
    }

    private static let always: Set<String> = ["schemas", "id"]

    private let choice: Choice

    /// - Parameters:
    ///   - attributes: With commas between; nil for all.
    ///   - excluded: With commas between; nil for none.
    ///   - schema: The schema whose attributes need no URN.
    /// - Throws: ``Problem`` 400 where both are given.
    init(_ attributes: [String]?, without excluded: [String]?, of schema: String) throws {
        switch (Self.given(attributes), Self.given(excluded)) {
        case (nil, nil): choice = .all
        case (let names?, nil): choice = .only(names.compactMap { Self.path($0, schema) })
        case (nil, let names?): choice = .without(names.compactMap { Self.path($0, schema) })
        default:
            throw SCIMProblem.refused(.invalidValue, "Give attributes or excludedAttributes, not both.")
        }
    }

    /// An empty list says as little as none (RFC 7643 §2.5).
    private static func given(_ names: [String]?) -> [String]? {
        let names = (names ?? []).filter { !$0.isEmpty }
        return names.isEmpty ? nil : names
    }

    /// Whether any of an attribute of the resource's own schema is answered.
    func includes(_ attribute: String) -> Bool {
        let name = attribute.lowercased()
        return switch choice {
        case .all: true
        case .only(let paths): paths.contains { $0.first == name }
        case .without(let paths): !paths.contains([name])
        }
    }

    /// The resource with what is wanted of it.
    func applied(to resource: [String: JSON]) -> [String: JSON] {
        switch choice {
        case .all: resource
        case .only(let paths):
            resource.reduce(into: [:]) { kept, member in
                guard !Self.always.contains(member.key) else { return kept[member.key] = member.value }
                kept[member.key] = Self.only(member.value, Self.below(member.key, paths))
            }
        case .without(let paths):
            resource.reduce(into: [:]) { kept, member in
                guard !Self.always.contains(member.key) else { return kept[member.key] = member.value }
                kept[member.key] = Self.without(member.value, Self.below(member.key, paths))
            }
        }
    }

    /// What paths say of the parts of a member; an empty path means all of it.
    private static func below(_ name: String, _ paths: [[String]]) -> [[String]] {
        let name = name.lowercased()
        return paths.filter { $0.first == name }.map { Array($0.dropFirst()) }
    }

    private static func only(_ value: JSON, _ paths: [[String]]) -> JSON? {
        if paths.contains([]) { return value }
        guard !paths.isEmpty else { return nil }
        switch value {
        case .object(let members):
            let kept = members.reduce(into: [String: JSON]()) { kept, member in
                kept[member.key] = only(member.value, below(member.key, paths))
            }
            return kept.isEmpty ? nil : .object(kept)
        case .array(let elements):
            let kept = elements.compactMap { only($0, paths) }
            return kept.isEmpty ? nil : .array(kept)
        default: return nil
        }
    }

    private static func without(_ value: JSON, _ paths: [[String]]) -> JSON? {
        if paths.contains([]) { return nil }
        guard !paths.isEmpty else { return value }
        switch value {
        case .object(let members):
            let kept = members.reduce(into: [String: JSON]()) { kept, member in
                kept[member.key] = without(member.value, below(member.key, paths))
            }
            // What has no parts left is not there (RFC 7643 §2.5).
            return kept.isEmpty ? nil : .object(kept)
        case .array(let elements):
            let kept = elements.compactMap { without($0, paths) }
            return kept.isEmpty ? nil : .array(kept)
        default: return value
        }
    }

    /// The names on the way to what is meant, a schema's URN being the first for an extension.
    private static func path(_ text: String, _ schema: String) -> [String]? {
        let extensions = SCIMSchemas.extensions.map { $0.lowercased() }
        let lowercased = text.lowercased()
        if extensions.contains(lowercased) { return [lowercased] }
        guard let path = AttributePath(text) else { return nil }
        let names = [path.name] + (path.part.map { [$0] } ?? [])
        guard let urn = path.schema, urn != schema.lowercased() else { return names }
        return [urn] + names
    }
}
