import JSONCoding
import Mapping
import Messages

/// What a mapping makes of live people, beside what the rules in force make of them.
struct MappingPreview: Encodable, Sendable, Equatable {
    /// One of them.
    struct Person: Encodable, Sendable, Equatable {
        var externalID: String
        var name: String?
        /// What the directory's fields are by the rules in force, by field.
        var before: [String: String]
        /// What the directory's fields would be, by field.
        var values: [String: String]
        /// The fields that differ.
        var changes: [String]
        /// What WeCom says, by its field; extended attributes as `extattr.<name>`.
        var sources: [String: String]
        /// Fields that cannot be taken as they are, and why somebody cannot be taken at all.
        var problems: [String]
        /// Whether the filter leaves the person out.
        var isFiltered: Bool
    }

    /// How many of the people are concerned.
    struct Counts: Encodable, Sendable, Equatable {
        var people = 0
        var filtered = 0
        var changed = 0
        /// Those of whom a field, or everything, cannot be taken.
        var failed = 0
    }

    /// A value that several people would have, which nobody's programs expect; they stay several people.
    struct Collision: Encodable, Sendable, Equatable {
        var field: String
        var value: String
        /// Their ids in WeCom.
        var people: [String]
    }

    /// Rules, and whom they leave out.
    struct Rules: Sendable {
        var mapping: [MappingRule]
        var filter: String?
    }

    var people: [Person] = []
    var counts = Counts()
    var collisions: [Collision] = []

    /// - Parameter bodies: Objects of people as WeCom shows them, one each.
    init(_ bodies: [[UInt8]], _ tried: CompiledMapping, inForce: CompiledMapping) {
        people = bodies.compactMap { Person($0, tried, before: inForce) }
        counts.people = people.count
        counts.filtered = people.count(where: \.isFiltered)
        counts.changed = people.count { !$0.changes.isEmpty }
        counts.failed = people.count { !$0.problems.isEmpty }
        collisions = [DirectoryField.username, .email].flatMap { Self.collisions(of: $0.rawValue, among: people) }
    }

    /// Compared as logons compare them: capitals make no difference.
    private static func collisions(of field: String, among people: [Person]) -> [Collision] {
        let owners = people.filter { $0.values[field]?.isEmpty == false }
        return Dictionary(grouping: owners) { $0.values[field]?.lowercased() ?? "" }
            .filter { $0.value.count > 1 }
            .map { Collision(field: field, value: $0.key, people: $0.value.map(\.externalID).sorted()) }
            .sorted { $0.value < $1.value }
    }
}

extension MappingPreview.Person {
    /// Nil for what is no object with an id.
    fileprivate init?(_ body: [UInt8], _ mapping: CompiledMapping, before inForce: CompiledMapping) {
        guard case .object(let user)? = try? JSONValue(parsing: body), let id = LiveAnswer.text(user["userid"])
        else { return nil }
        let people = Array("[".utf8) + body + Array("]".utf8)
        let mapped = try? PageMapping.map(people: people, by: mapping)
        externalID = id
        name = LiveAnswer.text(user["name"])
        before = Self.values((try? PageMapping.map(people: people, by: inForce))?.records)
        values = Self.values(mapped?.records)
        sources = Self.sources(user)
        problems = (mapped?.problems.map(\.field) ?? []) + (mapped?.rejected.map(\.reason) ?? [])
        isFiltered = mapped?.filtered.isEmpty == false
        changes = []
        changes = Set(before.keys).union(values.keys).filter { before[$0] ?? "" != values[$0] ?? "" }.sorted()
    }

    private static func values(_ records: [UserRecord]?) -> [String: String] {
        let values = records?.first.map(\.mappedValues) ?? []
        return Dictionary(values.compactMap { name, value in value.map { (name, $0) } }) { $1 }
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
        DirectoryField.texts.map { ($0.rawValue, self[$0]) } + attributes.map { ($0.key, $0.value) }
            + [(DirectoryField.status.rawValue, status.map { String($0.rawValue) })]
    }
}
