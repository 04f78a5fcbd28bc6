import ArgumentParser
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Runtime
import Synchronization
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(5))) struct RepublicationTests {
    private static let idp = "0198c0de-0000-7000-8000-000000000001"

    /// Runs `body` beside a service that answers each request alike, and returns what it was sent.
    private func withService(
        answering status: HTTPResponse.Status = .accepted,
        _ text: String,
        headers: HTTPFields = [:],
        _ body: @escaping @Sendable (Runtime.Environment) async throws -> Void
    ) async throws -> [Sent] {
        let sent = Mutex<[Sent]>([])
        let router = Router()
        @Sendable func answer(_ request: Request, _: BasicRequestContext) async throws -> Response {
            let body = try await request.body.collect(upTo: 1 << 16)
            let one = Sent(
                path: request.uri.path,
                authorization: request.headers[.authorization],
                body: String(buffer: body)
            )
            sent.withLock { $0.append(one) }
            return Response(
                status: status,
                headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(string: text))
            )
        }
        router.get("/**", use: answer)
        router.post("/**", use: answer)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await Application(router: router, logger: quiet).test(.live) { client in
            let url = "http://127.0.0.1:\(client.port ?? 0)"
            try await body(
                Runtime.Environment([
                    "REGISTRY_URL": url + "/", "REGISTRY_API_KEY": "wbk_registry", "DIRECTORY_URL": url,
                    "DIRECTORY_API_KEY": "directory-key",
                ])
            )
        }
        return sent.withLock { $0 }
    }

    private struct Sent: Equatable {
        var path: String
        var authorization: String?
        var body: String
    }

    @Test("the registry is asked to publish all configurations again, and how many those are is said")
    func configurations() async throws {
        let sent = try await withService(#"{"republished":12}"#) { environment in
            let command = try RepublishConfigurations.parse([])
            #expect(try await command.outcome(environment) == "12 configurations are published again")
        }
        let path = "/api/v1/configurations/republish"
        #expect(sent == [Sent(path: path, authorization: "Bearer wbk_registry", body: "{}")])
    }

    @Test("the writer is asked to tell one identity provider's people again, or all")
    func directory() async throws {
        let sent = try await withService(#"{"republished":1,"state":"waiting"}"#) { environment in
            let one = try RepublishDirectory.parse(["--idp", Self.idp.uppercased()])
            #expect(try await one.outcome(environment) == "1 identity providers' people are told again")
            _ = try await RepublishDirectory.parse([]).outcome(environment)
        }
        #expect(sent.map(\.path) == ["/api/v1/republications", "/api/v1/republications"])
        #expect(sent.map(\.authorization) == ["Bearer directory-key", "Bearer directory-key"])
        #expect(sent.map(\.body) == [#"{"idp":"\#(Self.idp)"}"#, "{}"])
    }

    @Test("people as they were, histories and what runs did are asked for at the writer's")
    func history() async throws {
        let sent = try await withService(#"{"items":[]}"#) { environment in
            _ = try await ShowPerson.parse(["p1", "--at", "2026-01-31T08:00:00Z"]).outcome(environment)
            _ = try await ShowHistory.parse(["--person", "p1"]).outcome(environment)
            _ = try await ShowHistory.parse(["--department", "7", "--idp", Self.idp]).outcome(environment)
            let export = try ExportObjects.parse(["r1", "--format", "csv", "--kind", "user"])
            try await export.download(environment) { _ in }
        }
        #expect(sent.map(\.authorization) == Array(repeating: "Bearer directory-key", count: 4))
        #expect(
            sent.map(\.path) == [
                "/api/v1/users/p1", "/api/v1/users/p1/history", "/api/v1/idps/\(Self.idp)/departments/7/history",
                "/api/v1/runs/r1/objects/export",
            ]
        )
        #expect(throws: (any Error).self) { try ShowHistory.parse(["--department", "7"]) }
    }

    @Test("options win over variables")
    func options() async throws {
        let sent = try await withService(#"{"republished":0}"#) { environment in
            let url = try #require(environment.optional("DIRECTORY_URL"))
            let arguments = ["--registry-url", url, "--api-key", "given"]
            let nowhere = Runtime.Environment(["REGISTRY_URL": "http://127.0.0.1:1", "REGISTRY_API_KEY": "other"])
            _ = try await RepublishConfigurations.parse(arguments).outcome(nowhere)
        }
        #expect(sent.map(\.authorization) == ["Bearer given"])
    }

    @Test("what is missing is named, all of it")
    func missing() async throws {
        let error = await #expect(throws: ConfigurationErrors.self) {
            try await RepublishDirectory.parse([]).outcome(Runtime.Environment([:]))
        }
        #expect(error?.errors.map(\.variable) == ["DIRECTORY_URL", "DIRECTORY_API_KEY"])
    }

    @Test("what is no identity provider's id is refused before anything is sent", arguments: ["", "7", "x-y"])
    func notAnID(text: String) {
        #expect(throws: (any Error).self) { try RepublishDirectory.parse(["--idp", text]) }
    }

    @Test("a refusal is told with what the service says and what to do")
    func refused() async throws {
        let problem = #"{"status":403,"detail":"Only owners of all tenants may.","fix":"Use an owner's key."}"#
        _ = try await withService(answering: .forbidden, problem) { environment in
            let error = await #expect(throws: AdminAPIError.self) {
                try await RepublishConfigurations.parse([]).outcome(environment)
            }
            let text = try #require(error?.description)
            #expect(text.contains("the registry at http://127.0.0.1:"))
            #expect(text.hasSuffix("answered 403. Only owners of all tenants may. Use an owner's key."))
            #expect(!text.contains("wbk_registry"))
        }
    }

    @Test("an answer that does not count is told", arguments: ["", "{}", "[1]", #"{"a":1,"b":2}"#, "nope"])
    func notCounted(answer: String) async throws {
        _ = try await withService(answer) { environment in
            await #expect(throws: AdminAPIError.self) {
                try await RepublishConfigurations.parse([]).outcome(environment)
            }
        }
    }

    @Test("a redirect is not followed, for the key is nobody else's")
    func redirected() async throws {
        let sent = try await withService(
            answering: .temporaryRedirect,
            "",
            headers: [.location: "/elsewhere"]
        ) { environment in
            await #expect(throws: AdminAPIError.self) {
                try await RepublishConfigurations.parse([]).outcome(environment)
            }
        }
        #expect(sent.count == 1)
    }

    @Test("a service that is not there is told with its address")
    func away() async throws {
        let nowhere = Runtime.Environment(["REGISTRY_URL": "http://127.0.0.1:1", "REGISTRY_API_KEY": "key"])
        let error = await #expect(throws: AdminAPIError.self) {
            try await RepublishConfigurations.parse([]).outcome(nowhere)
        }
        #expect(error?.description.hasPrefix("the registry at http://127.0.0.1:1 does not answer") == true)
    }
}
