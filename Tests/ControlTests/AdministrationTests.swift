import ArgumentParser
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Runtime
import Synchronization
import Testing

@testable import Control

/// What administrators do by hand, told to a registry that only listens.
@Suite(.timeLimit(.minutes(5))) struct AdministrationTests {
    private struct Sent: Equatable {
        var request: String
        var ifMatch: String?
        var body: String
    }

    /// Runs verbs beside a registry that shows everything at version 7, and returns what it was sent.
    private func sent(
        _ body: @escaping @Sendable (Runtime.Environment) async throws -> Void
    ) async throws -> [Sent] {
        let sent = Mutex<[Sent]>([])
        let router = Router()
        for method in [HTTPRequest.Method.get, .post, .patch, .delete] {
            router.on("/**", method: method) { request, _ in
                let body = try await request.body.collect(upTo: 1 << 16)
                let one = Sent(
                    request: "\(request.method) \(request.uri)",
                    ifMatch: request.headers[.ifMatch],
                    body: String(buffer: body)
                )
                sent.withLock { $0.append(one) }
                let isSecond = request.uri.queryParameters["cursor"] != nil
                let items = isSecond ? #"{"items":[2],"nextCursor":null}"# : #"{"items":[1],"nextCursor":"c"}"#
                let answer = request.method == .delete ? "" : items
                return Response(
                    status: answer.isEmpty ? .noContent : .ok,
                    headers: [.eTag: "\"7\""],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: answer))
                )
            }
        }
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await Application(router: router, logger: quiet).test(.live) { client in
            let url = "http://127.0.0.1:\(client.port ?? 0)"
            try await body(Runtime.Environment(["REGISTRY_URL": url, "REGISTRY_API_KEY": "wbk_registry"]))
        }
        return sent.withLock { $0 }
    }

    @Test("a list is read to its last page")
    func lists() async throws {
        let sent = try await sent { environment in
            let text = try await ListKeys.parse([]).outcome(environment)
            #expect(text == "[\n  1,\n  2\n]")
        }
        #expect(sent.map(\.request) == ["GET /api/v1/api-keys?limit=200", "GET /api/v1/api-keys?limit=200&cursor=c"])
    }

    @Test("rules of a file are tried and put into force, without what else the file has")
    func mapping() async throws {
        let file = URL.temporaryDirectory.appending(path: "rules-\(UUID()).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(#"{"mapping":[],"filter":null,"name":"x"}"#.utf8).write(to: file)
        let path = file.path()
        let sent = try await sent { environment in
            _ = try await ShowMapping.parse(["i"]).outcome(environment)
            _ = try await PreviewMapping.parse(["i", "--user", "ann"]).outcome(environment)
            _ = try await CheckMapping.parse(["i", "--file", path]).outcome(environment)
            _ = try await ApplyMapping.parse(["i", "--file", path]).outcome(environment)
        }
        let preview = "POST /api/v1/idps/i/mapping/preview"
        #expect(
            sent == [
                Sent(request: "GET /api/v1/idps/i", body: ""),
                Sent(request: preview, body: #"{"count":5,"user":"ann"}"#),
                Sent(request: preview, body: #"{"count":100,"filter":null,"mapping":[]}"#),
                Sent(request: "GET /api/v1/idps/i", body: ""),
                Sent(request: "PATCH /api/v1/idps/i", ifMatch: "\"7\"", body: #"{"filter":null,"mapping":[]}"#),
            ]
        )
    }

    @Test("a dry run's plan is carried out, and decisions are only planned where that is asked for")
    func plans() async throws {
        let sent = try await sent { environment in
            _ = try await ApplyPlan.parse(["r"]).outcome(environment)
            _ = try await UndoRun.parse(["r", "--user", "ann", "--dry-run"]).outcome(environment)
        }
        #expect(
            sent == [
                Sent(request: "POST /api/v1/runs/r/apply", body: "{}"),
                Sent(
                    request: "POST /api/v1/runs/r/undo",
                    body: #"{"dryRun":true,"objects":[{"externalID":"ann","kind":"user"}]}"#
                ),
            ]
        )
    }

    @Test("a change is one of what was read just before")
    func changes() async throws {
        let sent = try await sent { environment in
            let revoked = try await RevokeKey.parse(["k"]).outcome(environment)
            #expect(revoked == "done")
            _ = try await ReplaceKey.parse(["k", "--overlap-hours", "2"]).outcome(environment)
            _ = try await SuspendTenant.parse(["t", "--reason", "unpaid"]).outcome(environment)
            _ = try await DeleteTenant.parse(["t", "--confirm", "Acme 公司"]).outcome(environment)
            _ = try await RestoreRevision.parse(["3", "--idp", "i"]).outcome(environment)
        }
        #expect(
            sent == [
                Sent(request: "GET /api/v1/api-keys/k", body: ""),
                Sent(request: "DELETE /api/v1/api-keys/k", ifMatch: "\"7\"", body: ""),
                Sent(request: "GET /api/v1/api-keys/k", body: ""),
                Sent(request: "POST /api/v1/api-keys/k/replace", ifMatch: "\"7\"", body: #"{"overlapHours":2}"#),
                Sent(request: "GET /api/v1/tenants/t", body: ""),
                Sent(request: "POST /api/v1/tenants/t/suspend", ifMatch: "\"7\"", body: #"{"reason":"unpaid"}"#),
                Sent(request: "GET /api/v1/tenants/t", body: ""),
                Sent(
                    request: "DELETE /api/v1/tenants/t?confirm=Acme%20%E5%85%AC%E5%8F%B8",
                    ifMatch: "\"7\"",
                    body: ""
                ),
                Sent(request: "GET /api/v1/idps/i", body: ""),
                Sent(
                    request: "POST /api/v1/idps/i/revisions/3/restore",
                    ifMatch: "\"7\"",
                    body: #"{"confirmClosing":false}"#
                ),
            ]
        )
    }

    @Test("what is decided about what a run held names the run and the objects")
    func decisions() async throws {
        let sent = try await sent { environment in
            _ = try await ApproveHeld.parse(["r", "--user", "a", "--department", "7", "--reused", "samePerson"])
                .outcome(environment)
            _ = try await RejectHeld.parse(["r"]).outcome(environment)
            _ = try await StartRun.parse(["--idp", "i", "--department", "7", "--includes-below"]).outcome(environment)
            _ = try await CancelRun.parse(["r"]).outcome(environment)
        }
        let objects = #"[{"externalID":"a","kind":"user"},{"externalID":"7","kind":"department"}]"#
        #expect(
            sent == [
                Sent(request: "POST /api/v1/runs/r/approve", body: #"{"objects":\#(objects),"reused":"samePerson"}"#),
                Sent(request: "POST /api/v1/runs/r/reject", body: "{}"),
                Sent(
                    request: "POST /api/v1/idps/i/runs",
                    body: #"{"department":7,"includesBelow":true,"kind":"department"}"#
                ),
                Sent(request: "POST /api/v1/runs/r/cancel", body: "{}"),
            ]
        )
        #expect(throws: (any Error).self) { try StartRun.parse(["--idp", "i", "--kind", "full", "--user", "a"]) }
    }

    @Test("settings are given as JSON or as texts, and one that names nothing is refused")
    func settings() async throws {
        let sent = try await sent { environment in
            _ = try await ChangeIdentityProvider.parse(["i", "--set", "cycleHours=4", "--set", "description=A b"])
                .outcome(environment)
            _ = try await ChangeRecipients.parse(["--idp", "i", "--set", #"recipients=["a"]"#]).outcome(environment)
        }
        #expect(sent.map(\.body) == ["", #"{"cycleHours":4,"description":"A b"}"#, "", #"{"recipients":["a"]}"#])
        #expect(sent.map(\.ifMatch) == [nil, "\"7\"", nil, "\"7\""])
        #expect(throws: (any Error).self) { try ChangeIdentityProvider.parse(["i", "--set", "cycleHours"]) }
    }

    @Test("a tenant is not deleted without its name")
    func unconfirmed() {
        #expect(throws: (any Error).self) { try DeleteTenant.parse(["t"]) }
    }

    @Test("the audit is asked for as it is filtered, and handed on as it comes")
    func audit() async throws {
        let received = Mutex(Data())
        let sent = try await sent { environment in
            let verb = try Audit.parse(["--actor", "wecom", "--action", "idp.*", "--format", "csv"])
            try await verb.download(environment) { part in received.withLock { $0 += part } }
        }
        #expect(sent.map(\.request) == ["GET /api/v1/audit/export?format=csv&actor=wecom&action=idp.%2A"])
        #expect(received.withLock { String(decoding: $0, as: UTF8.self) } == #"{"items":[1],"nextCursor":"c"}"#)
    }
}
