import Messages
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// What counts as another mapping: by another one no plan is carried out, and runs under way are started anew.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct MappingNumberTests {
    private static func rule(_ target: String, when: String = "always") -> JSON {
        ["target": .string(target), "kind": "direct", "source": .string(target), "when": .string(when)]
    }

    /// The numbers of the mapping that were told, one a revision.
    private func numbers(_ registry: TestRegistry) async throws -> [Int64] {
        try await registry.published(TopicCatalogue.configuration).map {
            try $0.decode(IdentityProviderConfiguration.self).mappingNumber.rawValue
        }
    }

    @Test("the same rules in another order are the same mapping; rules that only new people get count like others")
    func order() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let (email, alias, new) = (Self.rule("email"), Self.rule("alias"), Self.rule("alias", when: "onCreate"))
            for rules in [[email, alias], [alias, email], [email, new], [new, email], [email]] {
                try await registry.patch(id, ["mapping": .array(rules)])
            }
            #expect(try await numbers(registry) == [1, 2, 2, 3, 3, 4])
        }
    }

    @Test("whether people should have a value maps nobody otherwise; what the field takes does, and is to be confirmed")
    func required() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let fields = "tenants/\(tenant)/extended-fields"
            _ = try await registry.send(.post, fields, ["key": "room", "titles": ["en": "Room"]])
            let id = try await registry.makeProvider(in: tenant)
            let rule: JSON = ["target": "room", "kind": "direct", "source": "extattr.Room"]
            try await registry.patch(id, ["mapping": [rule]])
            let match = ["If-Match": "*"]
            let required = try await registry.send(.patch, "\(fields)/room", ["isRequired": true], headers: match)
            #expect(required.status == 200, "\(required.text)")
            #expect(try await numbers(registry) == [1, 2, 2])
            let typed: JSON = ["type": "integer"]
            #expect(try await registry.send(.patch, "\(fields)/room", typed, headers: match).problem == "field-in-use")
            let confirmed = "\(fields)/room?confirm=room"
            #expect(try await registry.send(.patch, confirmed, typed, headers: match).status == 200)
            #expect(try await numbers(registry) == [1, 2, 2, 3])
        }
    }
}
