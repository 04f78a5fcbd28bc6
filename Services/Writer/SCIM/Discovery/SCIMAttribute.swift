import Runtime

/// An attribute as a schema describes it (RFC 7643 §7). Whoever asks cannot change any.
struct SCIMAttribute: Sendable {
    enum Kind: String, Sendable {
        case string, boolean, integer, dateTime, reference, complex
    }

    let name: String
    let description: String
    var kind = Kind.string
    var isMultiValued = false
    var isRequired = false
    var isCaseExact = false
    var uniqueness = "none"
    var canonicalValues: [String] = []
    var referenceTypes: [String] = []
    var parts: [SCIMAttribute] = []

    var json: JSON {
        var members: [String: JSON] = [
            "name": .string(name), "type": .string(kind.rawValue), "multiValued": .boolean(isMultiValued),
            "description": .string(description), "required": .boolean(isRequired),
            "caseExact": .boolean(isCaseExact), "mutability": .string("readOnly"), "returned": .string("default"),
            "uniqueness": .string(uniqueness),
        ]
        members.set("canonicalValues", canonicalValues.map { .string($0) })
        members.set("referenceTypes", referenceTypes.map { .string($0) })
        members.set("subAttributes", parts.map(\.json))
        return .object(members)
    }

    /// What names another resource.
    static func reference(
        _ name: String,
        _ description: String,
        to kind: SCIMResourceKind,
        displayName: String = "display",
        isMultiValued: Bool = false,
        types: [String] = []
    ) -> SCIMAttribute {
        let type = SCIMAttribute(name: "type", description: "What kind it is.", canonicalValues: types)
        return SCIMAttribute(
            name: name,
            description: description,
            kind: .complex,
            isMultiValued: isMultiValued,
            parts: [
                SCIMAttribute(name: "value", description: "The id of the resource.", isCaseExact: true),
                SCIMAttribute(
                    name: "$ref",
                    description: "The URL of the resource.",
                    kind: .reference,
                    isCaseExact: true,
                    referenceTypes: [kind.name]
                ),
                SCIMAttribute(name: displayName, description: "The name of the resource."),
            ] + (types.isEmpty ? [] : [type])
        )
    }

    /// A list of values, each of a type.
    static func values(
        _ name: String,
        _ description: String,
        types: [String],
        value: SCIMAttribute = SCIMAttribute(name: "value", description: "The value."),
        _ further: [SCIMAttribute] = []
    ) -> SCIMAttribute {
        SCIMAttribute(
            name: name,
            description: description,
            kind: .complex,
            isMultiValued: true,
            parts: [
                value, SCIMAttribute(name: "type", description: "What it is for.", canonicalValues: types),
            ] + further
        )
    }
}
