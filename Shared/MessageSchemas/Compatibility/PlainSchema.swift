import JSONCoding

/// Writes JSON Schemas in one of the several ways that say the same, so that nothing but what they say is compared:
/// without what only tells people something, with forms in the places of references to them, a `const` as an `enum` of
/// one, and one type without a list around it.
struct PlainSchema {
    /// What references start from.
    let document: JSONValue

    /// References that were followed on the way to a place, and where each was: one that comes again there leads back.
    private typealias Followed = [String: String]

    /// What only tells people something.
    static func isAnnotation(_ word: String) -> Bool { annotations.contains(word) || word.hasPrefix("x-") }

    /// The form as it is compared.
    func form(_ value: JSONValue) -> JSONValue { form(value, at: "#", after: [:]) }

    private func form(_ value: JSONValue, at place: String, after followed: Followed) -> JSONValue {
        switch value {
        case .boolean(true): return .object([:])
        case .boolean(false): return .object(["not": .object([:])])
        case .object(let words):
            guard case .string(let reference)? = words["$ref"] else {
                return .object(plain(words, at: place, after: followed))
            }
            return referring(to: reference, beside: words, at: place, after: followed)
        default: return .object(["": value])
        }
    }

    /// The form that is referred to, and what is said beside the reference, which counts as well.
    private func referring(
        to reference: String,
        beside words: [String: JSONValue],
        at place: String,
        after followed: Followed
    ) -> JSONValue {
        var both = plain(words.filter { $0.key != "$ref" }, at: place, after: followed)
        let form = target(reference, at: place, after: followed)
        guard !both.allSatisfy({ form.members[$0.key] == $0.value }) else { return form }
        var all: [JSONValue] = []
        if case .array(let forms)? = both["allOf"] { all = forms }
        both["allOf"] = .array(all + [target(reference, at: "\(place)/allOf/\(all.count)", after: followed)])
        return .object(both)
    }

    /// One that leads nowhere here stays a text, by which it is found.
    private func target(_ reference: String, at place: String, after followed: Followed) -> JSONValue {
        // The place, not the name, so that what is defined under another name is the same.
        if let start = followed[reference] { return .object(["$ref": .object(["back": .string(start)])]) }
        guard let target = document.referred(to: reference) else { return .object(["$ref": .string(reference)]) }
        return form(target, at: place, after: followed.merging([reference: place]) { _, new in new })
    }

    private func plain(
        _ words: [String: JSONValue],
        at place: String,
        after followed: Followed
    ) -> [String: JSONValue] {
        var plain: [String: JSONValue] = [:]
        for (word, value) in words where !Self.isAnnotation(word) && !Self.definitions.contains(word) {
            plain[word] = parts(of: word, value, at: "\(place)/\(word)", after: followed)
        }
        if let only = plain.removeValue(forKey: "const") {
            if case .array(let values)? = plain["enum"], !values.contains(only) {
                plain["enum"] = .array([])
            } else {
                plain["enum"] = .array([only])
            }
        }
        if case .array(let types)? = plain["type"], types.count == 1 { plain["type"] = types[0] }
        return plain
    }

    /// What a word says: forms in it are written plainly, too, and anything else is as it is.
    private func parts(
        of word: String,
        _ value: JSONValue,
        at place: String,
        after followed: Followed
    ) -> JSONValue {
        switch value {
        case .object(let members) where Self.namedForms.contains(word):
            var forms: [String: JSONValue] = [:]
            for (name, member) in members { forms[name] = form(member, at: "\(place)/\(name)", after: followed) }
            return .object(forms)
        case .array(let elements) where Self.forms.contains(word):
            return .array(
                elements.enumerated().map { index, element in
                    form(element, at: "\(place)/\(index)", after: followed)
                }
            )
        // Whether members that are not named are refused is said in this very way.
        case .boolean where word == "additionalProperties": return value
        case .object where Self.forms.contains(word), .boolean where Self.forms.contains(word):
            return form(value, at: place, after: followed)
        default: return value
        }
    }

    private static let annotations: Set<String> = [
        "title", "description", "$comment", "examples", "example", "deprecated", "readOnly", "writeOnly", "$schema",
        "$id", "default",
    ]
    /// They say something only where they are referred to.
    private static let definitions: Set<String> = ["$defs", "definitions"]
    private static let namedForms: Set<String> = [
        "properties", "patternProperties", "dependentSchemas", "dependencies",
    ]
    private static let forms: Set<String> = [
        "items", "prefixItems", "additionalItems", "unevaluatedItems", "contains", "additionalProperties",
        "unevaluatedProperties", "propertyNames", "not", "if", "then", "else", "allOf", "anyOf", "oneOf",
    ]
}
