import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing

@testable import Runtime

@Suite(.timeLimit(.minutes(5))) struct ProblemTests {
    struct Answer: Decodable {
        var type: String
        var title: String
        var status: Int
        var detail: String?
        var fix: String?
        var errors: [FieldError]?
        var requestID: String?
    }

    static var body: Rule<String> {
        Form.object { form throws(Mistakes) in
            let name = form.required("name", .text(1...(4 << 20)))
            _ = form.optional("cycleHours", .integer(in: 1...24))
            _ = form.optional("scope", kind)
            _ = form.optional("mapping", kind.list(upTo: 10))
            return name
        }
    }

    static var kind: Rule<String> { Form.object { form in form.required("kind", .text(1...10)) } }

    @Test(
        "another method than a path has is refused, and told which there are",
        arguments: [
            ("/body", HTTPRequest.Method.get, "POST"), ("/body", .head, "POST"), ("/boom", .delete, "GET, HEAD"),
            ("/boom", .options, "GET, HEAD"),
        ]
    )
    func methods(path: String, method: HTTPRequest.Method, allowed: String) async throws {
        try await Application(router: Self.router().refusingOtherMethods()).test(.router) { client in
            let answer = try await client.executeRequest(uri: path, method: method, headers: [:], body: nil)
            #expect(answer.status == .methodNotAllowed)
            #expect(answer.headers[.allow] == allowed)
            let nothing = try await client.executeRequest(uri: "/nothing", method: method, headers: [:], body: nil)
            #expect(nothing.status == .notFound)
        }
    }

    struct Boom: Error { let password = "hunter2" }

    static func router() -> Router<BasicRequestContext> {
        let router = makeRouter()
        router.add(
            middleware: ProblemMiddleware { $0 is CocoaError ? .unavailable("The database does not answer.") : nil }
        )
        router.get("/conflict") { _, _ -> String in
            throw Problem.conflict("idp-closed", "The identity provider is closed.", fix: "Open it first.")
        }
        router.get("/boom") { _, _ -> String in throw Boom() }
        router.get("/teapot") { _, _ -> String in throw HTTPError(.badRequest, message: "No tea.") }
        router.get("/away") { _, _ -> String in throw CocoaError(.fileNoSuchFile) }
        router.post("/body") { request, context -> String in
            try await request.form(body, context: context)
        }
        return router
    }

    func answer(
        _ uri: String,
        _ method: HTTPRequest.Method = .get,
        body: String? = nil,
        type: String = "application/json"
    ) async throws -> (response: TestResponse, problem: Answer) {
        let app = Application(router: Self.router(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try await app.test(.router) { client in
            let headers: HTTPFields = body == nil ? [:] : [.contentType: type]
            let response = try await client.execute(
                uri: uri,
                method: method,
                headers: headers,
                body: body.map { ByteBuffer(string: $0) }
            )
            #expect(response.headers[.contentType] == "application/problem+json")
            let problem = try JSONDecoder().decode(Answer.self, from: Data(response.body.readableBytesView))
            #expect(problem.status == response.status.code)
            return (response, problem)
        }
    }

    @Test("a problem is told with type, detail and fix")
    func problem() async throws {
        let (response, problem) = try await answer("/conflict")
        #expect(response.status == .conflict)
        #expect(problem.type == "https://wecombridge.dev/problems/idp-closed")
        #expect(problem.fix == "Open it first.")
    }

    @Test("an unknown path is a problem, too")
    func unknownPath() async throws {
        let (response, problem) = try await answer("/nowhere?secret=1")
        #expect(response.status == .notFound)
        #expect(problem.type.hasSuffix("/not-found"))
    }

    @Test("an error that nobody foresaw tells nothing but the request's id")
    func unexpected() async throws {
        let (response, problem) = try await answer("/boom")
        #expect(response.status == .internalServerError)
        #expect(problem.requestID?.isEmpty == false)
        #expect(!String(buffer: response.body).contains("hunter2"))
    }

    @Test("Hummingbird's own errors are problems")
    func httpError() async throws {
        let (response, problem) = try await answer("/teapot")
        #expect(response.status == .badRequest)
        #expect(problem.detail == "No tea.")
    }

    @Test("a service says what its own errors mean")
    func translated() async throws {
        let (response, problem) = try await answer("/away")
        #expect(response.status == .serviceUnavailable)
        #expect(response.headers[.retryAfter] == "5")
        #expect(problem.detail == "The database does not answer.")
    }

    @Test(
        "an unknown field is named",
        arguments: [
            (#"{"name":"a","nmae":"b"}"#, ["nmae"]), (#"{"name":"a","scope":{"kind":"all","x":1}}"#, ["scope.x"]),
            (#"{"name":"a","mapping":[{"kind":"a"},{"kind":"b","y":[]}],"z":null}"#, ["mapping[1].y", "z"]),
        ]
    )
    func unknownField(body: String, fields: [String]) async throws {
        let (response, problem) = try await answer("/body", .post, body: body)
        #expect(response.status == .badRequest)
        #expect(problem.type.hasSuffix("/unknown-field"))
        #expect(problem.errors?.map(\.field) == fields)
    }

    @Test("of a long value that is wrong the beginning is repeated alone")
    func longValue() async throws {
        let long = String(repeating: "中", count: 1_000)
        let (_, problem) = try await answer("/body", .post, body: #"{"name":"a","mapping":"\#(long)"}"#)
        let shown = "\"" + String(repeating: "中", count: 59) + "…"
        #expect(problem.errors?.map(\.message) == ["Give a list in [ ], not \(shown)."])
    }

    @Test(
        "a wrong or missing field is named",
        arguments: [
            ("{}", "name", "missing"), (#"{"name":1}"#, "name", "a text"), (#"{"name":null}"#, "name", "null"),
            (#"{"name":"a","cycleHours":"2"}"#, "cycleHours", "a whole number"),
            (#"{"name":"a","mapping":[{"kind":"a"},{}]}"#, "mapping[1].kind", "missing"),
            (#"{"name":"a","mapping":{}}"#, "mapping", "a list"),
        ]
    )
    func wrongField(body: String, field: String, says: String) async throws {
        let (response, problem) = try await answer("/body", .post, body: body)
        #expect(response.status == .badRequest)
        #expect(problem.errors?.map(\.field) == [field])
        #expect(problem.errors?.first?.message.contains(says) == true)
    }

    @Test("what is no JSON is refused", arguments: ["", "{", "nope", "{]"])
    func notJSON(body: String) async throws {
        let (response, problem) = try await answer("/body", .post, body: body)
        #expect(response.status == .badRequest)
        #expect(problem.type.hasSuffix("/bad-json"))
    }

    @Test("another content type is refused")
    func contentType() async throws {
        let (response, _) = try await answer("/body", .post, body: "name=a", type: "application/x-www-form-urlencoded")
        #expect(response.status == .unsupportedMediaType)
    }

    @Test("a body that is too large is refused")
    func tooLarge() async throws {
        let body = #"{"name":""# + String(repeating: "a", count: 3 << 20) + #""}"#
        let (response, problem) = try await answer("/body", .post, body: body)
        #expect(response.status == .contentTooLarge)
        #expect(problem.type.hasSuffix("/too-large"))
    }
}
