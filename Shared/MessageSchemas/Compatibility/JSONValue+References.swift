import JSONCoding

extension JSONValue {
    /// Those of an object; none of anything else.
    var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }

    /// What lies in a whole document at a path of member names, through references on the way there.
    subscript(path: [String]) -> JSONValue? {
        var value: JSONValue? = self
        for name in path { value = value?.followed(in: self).members[name] }
        return value
    }

    /// What a reference such as `#/components/messages/name` leads to in a whole document; `nil` for any other kind.
    func referred(to reference: String) -> JSONValue? {
        guard reference == "#" || reference.hasPrefix("#/") else { return nil }
        var value = self
        for step in reference.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = String(step).replacing("~1", with: "/").replacing("~0", with: "~")
            guard let next = value.part(name) else { return nil }
            value = next
        }
        return value
    }

    /// What it refers to, if it does; itself otherwise, and where references only lead to each other.
    func followed(in document: JSONValue) -> JSONValue {
        var value = self
        var taken: Set<String> = []
        while case .string(let reference)? = value.members["$ref"], taken.insert(reference).inserted,
            let next = document.referred(to: reference)
        {
            value = next
        }
        return value
    }

    /// The same with what is referred to in the places of references, but of those that lead back to where they are.
    func inlined(in document: JSONValue, after followed: Set<String> = []) -> JSONValue {
        switch self {
        case .object(let members):
            if case .string(let reference)? = members["$ref"], !followed.contains(reference),
                let target = document.referred(to: reference)
            {
                return target.inlined(in: document, after: followed.union([reference]))
            }
            return .object(members.mapValues { $0.inlined(in: document, after: followed) })
        case .array(let elements): return .array(elements.map { $0.inlined(in: document, after: followed) })
        default: return self
        }
    }

    /// Whether a reference in it leads nowhere that is known here.
    var isUnfollowed: Bool {
        switch self {
        case .object(let members):
            members.contains { word, value in
                if case .string = value, Self.references.contains(word) { true } else { value.isUnfollowed }
            }
        case .array(let elements): elements.contains { $0.isUnfollowed }
        default: false
        }
    }

    private static let references: Set<String> = ["$ref", "$dynamicRef", "$recursiveRef"]

    private func part(_ name: String) -> JSONValue? {
        switch self {
        case .object(let members): return members[name]
        case .array(let elements):
            guard let index = Int(name), elements.indices.contains(index) else { return nil }
            return elements[index]
        default: return nil
        }
    }
}
