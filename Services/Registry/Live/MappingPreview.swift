import JSONCoding
import Messages

/// What a run by a mapping would leave of live people in the directory, beside what one by the rules in force would.
struct MappingPreview: Encodable, Sendable, Equatable {
    /// One of them.
    struct Person: Encodable, Sendable, Equatable {
        var externalID: String
        var name: String?
        /// What the directory's fields are after a run by the rules in force, by field.
        var before: [String: String]
        /// What the directory's fields would be, by field.
        var values: [String: String]
        /// The fields that differ.
        var changes: [String]
        /// Fields that stay as the directory has them though rules fill them, as nothing is said of them; nil for none.
        var kept: [String]?
        /// Fields that stay as the directory has them, as their rules are for new people only; nil for none.
        var onlyForNew: [String]?
        /// The keys of required fields that would be empty; nil for none.
        var missingRequired: [String]?
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
        /// Those with an empty field that is required.
        var missingRequired = 0
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
    /// How many departments were not looked into, though fewer people were found than asked for; nil for none.
    var departmentsNotSearched: Int?
    /// Why something is not known: a sentence by what it is; nil where all is.
    var unknown: [String: String]?

    init(of people: [LivePerson], by comparison: MappingComparison) {
        let attributes = LiveAttributes(of: people)
        self.people = people.map { Person($0, comparison.outcome(of: $0), comparison, attributes) }
        counts.people = people.count
        counts.filtered = self.people.count(where: \.isFiltered)
        counts.changed = self.people.count { !$0.changes.isEmpty }
        counts.failed = self.people.count { !$0.problems.isEmpty }
        counts.missingRequired = self.people.count { $0.missingRequired != nil }
        let mayCollide = [DirectoryField.username, .email]
        collisions = mayCollide.flatMap { Self.collisions(of: $0.rawValue, among: self.people) }
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
    fileprivate init(
        _ person: LivePerson,
        _ outcome: MappingComparison.Outcome,
        _ comparison: MappingComparison,
        _ attributes: LiveAttributes
    ) {
        let (before, values) = (outcome.before.values, outcome.after.values)
        self.init(
            externalID: person.id,
            name: LiveAnswer.text(person.user["name"]),
            before: before,
            values: values,
            changes: Set(before.keys).union(values.keys).filter { before[$0] ?? "" != values[$0] ?? "" }.sorted(),
            kept: Self.some(outcome.after.kept),
            onlyForNew: Self.some(outcome.after.onlyForNew),
            missingRequired: Self.some(comparison.missing(in: values)),
            sources: Self.sources(of: person, attributes),
            problems: outcome.tried.problems,
            isFiltered: outcome.tried.isFiltered
        )
    }

    private static func some(_ list: [String]) -> [String]? { list.isEmpty ? nil : list }

    private static func sources(of person: LivePerson, _ attributes: LiveAttributes) -> [String: String] {
        var sources = person.user.compactMapValues(LiveAnswer.text)
        for answer in ["errcode", "errmsg"] { sources[answer] = nil }
        return sources.merging(attributes.values(of: person)) { $1 }
    }
}
