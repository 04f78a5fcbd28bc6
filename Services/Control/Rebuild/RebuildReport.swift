import FoundationEssentials
import Runtime

/// What a service says of a rebuild, as far as it is shown here.
struct RebuildReport: Decodable {
    struct Result: Decodable {
        let identityProvider: String
        let outcome: String
        let reason: String?
        let remedy: String?
        let comparison: Comparison?
        let sessionsEnded: Int?
    }

    struct Comparison: Decodable {
        let live: Int
        let rebuilt: Int
        let missing: Int
        let surplus: Int
        let changed: Int
        let fields: [String: Int]
        let people: [Person]
        /// What the writer says of departments.
        let departments: Departments?
    }

    struct Departments: Decodable {
        let live: Int
        let rebuilt: Int
        let missing: Int
        let surplus: Int
        let changed: Int
        let fields: [String: Int]
        let departments: [Department]
    }

    struct Department: Decodable {
        let department: Int64
        let kind: String
        let fields: [String]
    }

    struct Person: Decodable {
        let user: String
        let kind: String
        let fields: [String]
    }

    let switches: Bool
    let doneAt: String?
    let trouble: String?
    let outcomes: [String: Int]
    let results: [Result]

    init(_ json: JSON) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(try json.text.utf8))
    }

    /// Whether it is done, and every identity provider is as the topic has it.
    var isGood: Bool {
        doneAt != nil && trouble == nil && outcomes.keys.allSatisfy { $0 == "equal" || $0 == "switched" }
    }

    /// A line for each thing that is to be known.
    var lines: [String] {
        var lines: [String] = []
        if doneAt == nil {
            lines.append("under way" + (trouble.map { ", begun again after: \($0)" } ?? ""))
        } else if let trouble {
            lines.append("came to nothing: \(trouble)")
        }
        let counts = outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        if !counts.isEmpty { lines.append("identity providers: " + counts.joined(separator: ", ")) }
        for result in results { lines += result.lines }
        let shown = results.count
        let unequal = outcomes.filter { $0.key != "equal" }.values.reduce(0, +)
        if unequal > shown { lines.append("and \(unequal - shown) more that are not equal") }
        return lines
    }
}

extension RebuildReport.Result {
    /// What there is to say of the identity provider.
    fileprivate var lines: [String] {
        var lines = ["\(identityProvider): \(outcome)" + (reason.map { ": \($0)" } ?? "")]
        if let remedy { lines.append("  to do: \(remedy)") }
        if let comparison { lines += comparison.lines }
        if let sessionsEnded { lines.append("  sessions ended: \(sessionsEnded)") }
        return lines
    }
}

extension RebuildReport.Comparison {
    /// The counts, by person and by field, and the first who differ.
    fileprivate var lines: [String] {
        var lines = [
            "  people: \(live) in use, \(rebuilt) rebuilt; \(missing) missing, \(surplus) surplus, \(changed) changed"
        ]
        let counted = fields.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        if !counted.isEmpty { lines.append("  fields: " + counted.joined(separator: ", ")) }
        for person in people {
            let fields = person.fields.isEmpty ? "" : ": " + person.fields.joined(separator: ", ")
            lines.append("  \(person.user) \(person.kind)\(fields)")
        }
        return lines + (departments?.lines ?? [])
    }
}

extension RebuildReport.Departments {
    /// The counts, by department and by field, and the first that differ.
    fileprivate var lines: [String] {
        let counts = "\(missing) missing, \(surplus) surplus, \(changed) changed"
        var lines = ["  departments: \(live) in use, \(rebuilt) rebuilt; \(counts)"]
        let counted = fields.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        if !counted.isEmpty { lines.append("  fields of departments: " + counted.joined(separator: ", ")) }
        for department in departments {
            let fields = department.fields.isEmpty ? "" : ": " + department.fields.joined(separator: ", ")
            lines.append("  department \(department.department) \(department.kind)\(fields)")
        }
        return lines
    }
}
