import JSONCoding
import Mapping
import Messages

/// What a mapping makes of live people.
struct MappingPreview: Encodable, Sendable, Equatable {
    /// One of them.
    struct Person: Encodable, Sendable, Equatable {
        var externalID: String
        var name: String?
        /// What the directory's fields would be, by field.
        var values: [String: String]
        /// What WeCom says, by its field; extended attributes as `extattr.<name>`.
        var sources: [String: String]
        /// Fields that cannot be taken as they are, and why somebody cannot be taken at all.
        var problems: [String]
    }

    var people: [Person] = []

    /// - Parameter bodies: What `user/get` answered, one each.
    init(_ bodies: [[UInt8]], _ rules: [MappingRule], _ configuration: IdentityProviderConfiguration) {
        let mapping = CompiledMapping(rules, extendedFields: configuration.extendedFields)
        for body in bodies {
            guard case .object(let user)? = try? JSONValue(parsing: body), let id = LiveAnswer.text(user["userid"])
            else { continue }
            let array = Array("[".utf8) + body + Array("]".utf8)
            let mapped = try? PageMapping.map(people: array, by: mapping)
            let values = mapped?.records.first.map(\.mappedValues) ?? []
            people.append(
                Person(
                    externalID: id,
                    name: LiveAnswer.text(user["name"]),
                    values: Dictionary(values.compactMap { name, value in value.map { (name, $0) } }) { $1 },
                    sources: Self.sources(user),
                    problems: (mapped?.problems.map(\.field) ?? []) + (mapped?.rejected.map(\.reason) ?? [])
                )
            )
        }
    }

    private static func sources(_ user: [String: JSONValue]) -> [String: String] {
        var sources = user.compactMapValues(LiveAnswer.text)
        for answer in ["errcode", "errmsg"] { sources[answer] = nil }
        guard case .object(let extended)? = user["extattr"], case .array(let attributes)? = extended["attrs"] else {
            return sources
        }
        for case .object(let attribute) in attributes {
            guard let name = LiveAnswer.text(attribute["name"]) else { continue }
            var text: String?
            if case .object(let content)? = attribute["text"] { text = LiveAnswer.text(content["value"]) }
            sources["extattr.\(name)"] = text ?? LiveAnswer.text(attribute["value"]) ?? ""
        }
        return sources
    }
}

extension UserRecord {
    /// The directory's fields and the tenant's own, by name.
    var mappedValues: [(name: String, value: String?)] {
        [
            (DirectoryField.username.rawValue, username), (DirectoryField.displayName.rawValue, displayName),
            (DirectoryField.email.rawValue, email), (DirectoryField.mobile.rawValue, mobile),
            (DirectoryField.telephone.rawValue, telephone), (DirectoryField.title.rawValue, title),
            (DirectoryField.alias.rawValue, alias),
        ] + attributes.map { ($0.key, $0.value) }
    }
}
