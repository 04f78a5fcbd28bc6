import JSONCoding
import Mapping
import Messages

/// What a few live people show: counts, and nothing of the people themselves.
struct PeopleSample: Sendable, Equatable {
    /// How many are looked at.
    static let size = 10

    /// How many were looked at.
    var count = 0
    /// How many have each field of WeCom's user object, by its key; extended attributes as `extattr.<name>`.
    var fields: [String: Int] = [:]
    /// How many have a name that is only their id.
    var namedByID = 0
    /// How many the mapping gives each of the directory's fields.
    var targets: [String: Int] = [:]
    /// Why people could not be mapped, each reason once.
    var refusals: [String] = []
    /// Fields that could not be taken, each once.
    var problems: [String] = []

    init() {}

    /// - Parameter bodies: What `user/get` answered, one each.
    init(_ bodies: [[UInt8]], mappedBy configuration: IdentityProviderConfiguration) {
        for body in bodies {
            guard case .object(let user)? = try? JSONValue(parsing: body) else { continue }
            count += 1
            countFields(of: user)
        }
        map(bodies, by: configuration)
    }

    /// Whether nobody has the field that a rule asks for.
    func lacks(_ source: String) -> Bool { count > 0 && fields[source, default: 0] == 0 }

    private mutating func countFields(of user: [String: JSONValue]) {
        for (key, value) in user where Self.says(value, of: key) { fields[key, default: 0] += 1 }
        if let name = user["name"], name == user["userid"] { namedByID += 1 }
        guard case .object(let extended)? = user["extattr"], case .array(let attributes)? = extended["attrs"] else {
            return
        }
        for case .object(let attribute) in attributes {
            if case .string(let name)? = attribute["name"] { fields["extattr.\(name)", default: 0] += 1 }
        }
    }

    /// A gender of 0 is one that WeCom does not give (wecom.md §3.6).
    private static func says(_ value: JSONValue, of key: String) -> Bool {
        switch value {
        case .null: false
        case .string(let text): !text.isEmpty && !(key == "gender" && text == "0")
        case .array(let elements): !elements.isEmpty
        default: true
        }
    }

    private mutating func map(_ bodies: [[UInt8]], by configuration: IdentityProviderConfiguration) {
        let mapping = CompiledMapping(configuration)
        let people = Array("[".utf8) + bodies.joined(separator: [UInt8(ascii: ",")]) + Array("]".utf8)
        guard let mapped = try? PageMapping.map(people: people, by: mapping) else { return }
        for record in mapped.records {
            for (target, value) in record.mappedValues where value?.isEmpty == false {
                targets[target, default: 0] += 1
            }
        }
        refusals = Array(Set(mapped.rejected.map(\.reason))).sorted()
        problems = Array(Set(mapped.problems.map(\.field))).sorted()
    }
}
