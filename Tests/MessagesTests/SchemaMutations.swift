import JSONCoding

/// A value with one member taken out or spoilt.
struct Mutation {
    let path: String
    let value: JSONValue
}

extension SchemaDocument {
    /// Each way to take one required member out of `value`.
    func removals(from value: JSONValue) -> [Mutation] {
        mutations(of: value) { members, schema in
            schema.required.map { name in
                var less = members
                less[name] = nil
                return Mutation(path: name, value: .object(less))
            }
        }
    }

    /// Each way to give one described member of `value`, there or not, a value of another type.
    func spoilings(of value: JSONValue) -> [Mutation] {
        mutations(of: value) { members, schema in
            schema.properties.map { name, property in
                var spoilt = members
                spoilt[name] = property.type == "object" ? .boolean(true) : .object([:])
                return Mutation(path: name, value: .object(spoilt))
            }
        }
    }

    /// The members of `value`, at any depth, that are not described.
    func strangers(in value: JSONValue) -> [String] {
        let found = mutations(of: value) { members, schema in
            guard schema.others == nil, !schema.properties.isEmpty else { return [] }
            return members.keys.filter { schema.properties[$0] == nil }.map { Mutation(path: $0, value: .null) }
        }
        return found.map(\.path)
    }

    private func mutations(
        of value: JSONValue,
        by edit: ([String: JSONValue], SchemaDocument) -> [Mutation]
    ) -> [Mutation] {
        switch value {
        case .object(let members):
            let schema = resolved(for: value)
            return edit(members, schema)
                + members.flatMap { name, member in
                    (schema.properties[name]?.mutations(of: member, by: edit) ?? []).map { mutation in
                        var changed = members
                        changed[name] = mutation.value
                        return Mutation(path: "\(name).\(mutation.path)", value: .object(changed))
                    }
                }
        case .array(let elements):
            return elements.indices.flatMap { index in
                (items?.mutations(of: elements[index], by: edit) ?? []).map { mutation in
                    var changed = elements
                    changed[index] = mutation.value
                    return Mutation(path: "\(index).\(mutation.path)", value: .array(changed))
                }
            }
        default: return []
        }
    }
}
