import Foundation
import Hummingbird
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.timeLimit(.minutes(3)))
struct OpenAPITests {
    private let document: JSON

    init() throws { document = try JSON(parsing: OpenAPI.document()) }

    private var operations: [(path: String, method: String, operation: JSON)] {
        guard case .object(let paths) = document["paths"] else { return [] }
        return paths.flatMap { path, item -> [(String, String, JSON)] in
            guard case .object(let methods) = item else { return [] }
            return methods.filter { $0.key != "parameters" }.map { (path, $0.key, $0.value) }
        }
    }

    @Test("it says which version of OpenAPI and of the API it is")
    func version() {
        #expect(document["openapi"] == "3.1.0")
        #expect(document["info"]["title"].string?.isEmpty == false)
        #expect(document["info"]["version"].string?.isEmpty == false)
    }

    @Test(
        "it describes every route there is, and no other",
        .enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL")
    )
    func routes() async throws {
        try await withRegistry { registry in
            let router = API(components: registry.components, logger: TestRegistry.quiet).router()
            let routes = router.routes.map { route in
                let path = route.path.description
                return "\(route.method.rawValue.lowercased()) \(path.hasPrefix("/") ? path : "/" + path)"
            }
            let described = operations.map { "\($0.method) \($0.path)" }
            #expect(Set(described) == Set(routes))
        }
    }

    @Test("each operation has a name of its own, a summary, and says what it answers")
    func operationsAreWhole() {
        var names = Set<String>()
        for (path, method, operation) in operations {
            let name = operation["operationId"].string ?? ""
            #expect(!name.isEmpty && names.insert(name).inserted, "\(method) \(path)")
            #expect(operation["summary"].string?.isEmpty == false, "\(method) \(path)")
            guard case .object(let responses) = operation["responses"] else {
                Issue.record("\(method) \(path) answers nothing")
                continue
            }
            #expect(responses.keys.contains { $0.hasPrefix("2") }, "\(method) \(path)")
        }
    }

    @Test("each parameter of a path is described")
    func parameters() {
        for (path, method, operation) in operations {
            let names = path.matches(of: /\{(\w+)\}/).map { String($0.1) }
            let own = operation["parameters"].array + document["paths"][path]["parameters"].array
            let described = own.map(resolve).filter { $0["in"] == "path" }.compactMap { $0["name"].string }
            #expect(described.sorted() == names.sorted(), "\(method) \(path)")
        }
    }

    @Test("each reference leads somewhere")
    func references() {
        func check(_ json: JSON) {
            switch json {
            case .array(let elements): elements.forEach(check)
            case .object(let fields):
                if let reference = fields["$ref"]?.string { #expect(resolve(json) != .null, "\(reference)") }
                fields.values.forEach(check)
            default: break
            }
        }
        check(document)
    }

    private func resolve(_ json: JSON) -> JSON {
        guard let reference = json["$ref"].string else { return json }
        return reference.dropFirst(2).split(separator: "/").reduce(document) { $0[String($1)] }
    }
}
