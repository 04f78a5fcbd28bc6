import FoundationEssentials
import Messages
import Runtime

/// A person or a department, as SCIM shows one.
struct SCIMResource: Sendable {
    let members: [String: JSON]
    /// The weak tag of what it says (RFC 7644 §3.14).
    let version: String

    /// - Parameters:
    ///   - base: The URL that all of SCIM is below.
    ///   - isWhole: Whether nothing is left out, so that its version is known.
    ///   - members: All but `id` and `meta`.
    init(
        _ kind: SCIMResourceKind,
        id: String,
        at base: String,
        created: Timestamp,
        changed: Timestamp,
        isWhole: Bool = true,
        _ members: [String: JSON]
    ) throws {
        var members = members
        members["id"] = .string(id)
        var meta: [String: JSON] = [
            "resourceType": .string(kind.name), "created": .string(created.description),
            "lastModified": .string(changed.description), "location": .string("\(base)/\(kind.rawValue)/\(id)"),
        ]
        members["meta"] = .object(meta)
        version = "W/\"\(ContentDigest(of: try JSON.object(members).text))\""
        if isWhole { meta["version"] = .string(version) }
        members["meta"] = .object(meta)
        self.members = members
    }

    /// Whether a client that sends these tags as `If-None-Match` has it already (RFC 9110 §13.1.2).
    func isKnown(by tags: String) -> Bool {
        tags.split(separator: ",").contains { tag in
            let tag = tag.drop { $0 == " " }.prefix { $0 != " " }
            return tag == "*" || tag == version || "W/\(tag)" == version
        }
    }
}

/// A resource that another one names.
struct SCIMReference: Sendable {
    let kind: SCIMResourceKind
    let id: String
    let display: String?

    /// - Parameter displayName: What the schema calls the name of what is meant.
    func json(at base: String, displayName: String = "display", _ further: [String: JSON] = [:]) -> JSON {
        var members = further
        members["value"] = .string(id)
        members["$ref"] = .string("\(base)/\(kind.rawValue)/\(id)")
        if let display, !display.isEmpty { members[displayName] = .string(display) }
        return .object(members)
    }
}

extension [String: JSON] {
    /// Sets a text, unless there is none.
    mutating func set(_ name: String, _ text: String?) {
        if let text, !text.isEmpty { self[name] = .string(text) }
    }

    /// Sets a list, unless it is empty.
    mutating func set(_ name: String, _ elements: [JSON]) {
        if !elements.isEmpty { self[name] = .array(elements) }
    }

    /// Sets the members that an extension has, and names it in `schemas`, unless there are none.
    mutating func set(extension schema: String, _ members: [String: JSON], in schemas: inout [String]) {
        guard !members.isEmpty else { return }
        self[schema] = .object(members)
        schemas.append(schema)
    }
}
