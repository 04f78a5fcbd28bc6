import JSONCoding
import MessageSchemas
import Testing

@testable import Control

/// A change of the contracts that somebody might make.
struct ContractEdit: CustomTestStringConvertible {
    static let topics = "asyncapi.yaml"
    static let idp = "identity-provider-configuration"
    /// A topic in `asyncapi.yaml`, and where its settings are in it.
    static let channel = "channels/sync.progress.v1"
    static let settings = "bindings/kafka/topicConfiguration"

    let name: String
    let apply: @Sendable (ContractSet) -> ContractSet

    var testDescription: String { name }

    /// Changes what lies at a path of a message's schema, or of `asyncapi.yaml`.
    ///
    /// - Parameters:
    ///   - file: The message without `wecombridge.` and the version, such as `user-page`.
    ///   - path: Members by their names, elements by their numbers.
    ///   - change: Nil takes it away.
    init(
        _ name: String,
        _ file: String,
        _ path: String,
        _ change: @escaping @Sendable (JSONValue?) -> JSONValue?
    ) {
        self.name = name
        let steps = path.split(separator: "/").map(String.init)
        apply = { contracts in
            guard file != Self.topics else {
                return ContractSet(
                    schemas: contracts.schemas,
                    topics: contracts.topics.flatMap { $0.changing(steps[...], change) }
                )
            }
            var schemas = contracts.schemas
            let key = "wecombridge.\(file).v1.schema.json"
            schemas[key] = schemas[key].flatMap { $0.changing(steps[...], change) }
            return ContractSet(schemas: schemas, topics: contracts.topics)
        }
    }

    init(_ name: String, _ apply: @escaping @Sendable (ContractSet) -> ContractSet) {
        (self.name, self.apply) = (name, apply)
    }
}

extension JSONValue {
    fileprivate func changing(_ path: ArraySlice<String>, _ change: (JSONValue?) -> JSONValue?) -> JSONValue? {
        guard let first = path.first else { return change(self) }
        switch self {
        case .object(var members):
            let rest = path.dropFirst()
            members[first] = rest.isEmpty ? change(members[first]) : members[first]?.changing(rest, change)
            return .object(members)
        case .array(var elements):
            guard let index = Int(first), elements.indices.contains(index) else { return self }
            guard let element = elements[index].changing(path.dropFirst(), change) else {
                elements.remove(at: index)
                return .array(elements)
            }
            elements[index] = element
            return .array(elements)
        default: return self
        }
    }

    /// The same list with one more, if it is not there yet.
    func adding(_ element: JSONValue) -> JSONValue {
        if case .array(let elements) = self { .array(elements + [element]) } else { self }
    }

    /// The same list without one.
    func removing(_ element: JSONValue) -> JSONValue {
        if case .array(let elements) = self { .array(elements.filter { $0 != element }) } else { self }
    }

    /// The same list, the other way round.
    var turned: JSONValue { if case .array(let elements) = self { .array(elements.reversed()) } else { self } }

    /// A schema without a member.
    func without(_ name: String) -> JSONValue {
        guard case .object(var keywords) = self, case .object(var properties)? = keywords["properties"] else {
            return self
        }
        properties[name] = nil
        keywords["properties"] = .object(properties)
        keywords["required"] = keywords["required"]?.removing(.string(name))
        return .object(keywords)
    }

    /// A schema with a member more, which is needed.
    func withNeeded(_ name: String, _ member: JSONValue) -> JSONValue {
        guard case .object(var keywords) = self, case .object(var properties)? = keywords["properties"] else {
            return self
        }
        properties[name] = member
        keywords["properties"] = .object(properties)
        keywords["required"] = keywords["required"]?.adding(.string(name))
        return .object(keywords)
    }

    static let text = JSONValue.object(["type": .string("string")])
    static let wholeNumber = JSONValue.object(["type": .string("integer")])
}
