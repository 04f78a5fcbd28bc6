import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Messages
import PostgresTesting
import Runtime
import Testing
import WeCom

@testable import Registry

@Suite(.timeLimit(.minutes(5)))
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

    @Test(
        "whatever can be had by GET is asked for by HEAD with the same head, and no body",
        .enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL")
    )
    func head() async throws {
        try await withRegistry { registry in
            var headers = HTTPFields()
            headers[.authorization] = "Bearer \(TestRegistry.bootstrapKey)"
            for path in ["/openapi.json", "/api/v1/tenants", "/api/v1/tenants/\(TenantID.make())"] {
                let whole = try await registry.client.execute(uri: path, method: .get, headers: headers)
                let head = try await registry.client.execute(uri: path, method: .head, headers: headers)
                #expect(head.status == whole.status)
                #expect(head.headers[.contentType] == whole.headers[.contentType])
                #expect(head.body.readableBytes == 0)
            }
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

    @Test("the words of a run and of its limits are those that the program knows")
    func words() {
        func words(_ schema: String, _ path: String...) -> [String] {
            let property = path.reduce(document["components"]["schemas"][schema]) { $0["properties"][$1] }
            return property["enum"].array.compactMap(\.string).sorted()
        }
        #expect(words("Run", "kind") == RunSync.Kind.allCases.map(\.rawValue).sorted())
        #expect(words("Run", "cause") == RunSync.Cause.allCases.map(\.rawValue).sorted())
        #expect(words("Run", "outcome") == RunOutcome.allCases.map(\.rawValue).sorted())
        #expect(words("Run", "endCause") == RunEndCause.allCases.map(\.rawValue).sorted())
        #expect(words("FieldReport", "kind") == FieldProblem.Kind.allCases.map(\.rawValue).sorted())
        #expect(words("DirectoryObject", "kind") == DirectoryObject.Kind.allCases.map(\.rawValue).sorted())
        #expect(words("PreflightCheck", "name") == PreflightCheck.Name.allCases.map(\.rawValue).sorted())
        #expect(words("PreflightCheck", "outcome") == PreflightCheck.Outcome.allCases.map(\.rawValue).sorted())
        #expect(words("PreflightCheck", "whoActs") == ResponsibleParty.allCases.map(\.rawValue).sorted())
        #expect(words("IdentityProvider", "schemaOrigin") == SchemaOrigin.allCases.map(\.rawValue).sorted())
        for reason in LossReason.allCases where reason != .disabledInWeCom {
            let policies = words("SafetyLimits", "policies", reason.rawValue)
            #expect(policies == LossPolicy.allCases.map(\.rawValue).sorted(), "\(reason)")
        }
        #expect(words("SafetyLimits", "policies", "disabledInWeCom") == ["disable", "keep"])
    }

    @Test("the members of what is shown are those that the program writes")
    func members() throws {
        func names(_ schema: String) -> Set<String> { names(document["components"]["schemas"][schema]["properties"]) }
        func names(_ json: JSON) -> Set<String> {
            if case .object(let members) = json { Set(members.keys) } else { [] }
        }
        #expect(try names(JSON(of: RunCounts.Objects())) == names("ObjectCounts"))
        #expect(try names(JSON(of: RunTarget())) == names("RunTarget"))
        let selection = HeldSelection(upTo: Epoch(rawValue: 1), objects: [], reused: .samePerson)
        #expect(try names(JSON(of: selection)) == names("HeldSelection"))
        #expect(try names(JSON(of: SafetyLimitsView(SafetyLimits()))) == names("SafetyLimits"))
        let report = FieldReport(objectKind: .user, field: "gender", kind: .wrongType)
        #expect(try names(JSON(of: report)) == names("FieldReport"))
    }

    private func resolve(_ json: JSON) -> JSON {
        guard let reference = json["$ref"].string else { return json }
        return reference.dropFirst(2).split(separator: "/").reduce(document) { $0[String($1)] }
    }
}
