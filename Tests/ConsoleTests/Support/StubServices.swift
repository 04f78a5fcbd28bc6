import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Runtime
import Sealing

@testable import Console

/// Registry, directory and verifier, made up: they answer with hostile names, know keys by role, and show one tenant.
enum StubServices {
    /// The keys that are known, and whose they are.
    static func key(_ role: Role) -> String { "key-of-the-\(role.rawValue)" }
    /// A key of another tenant's owner.
    static let foreignKey = "key-of-another-tenant"

    static func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: ProblemMiddleware())
        addRegistry(to: router.group("/api/v1").add(middleware: Keys()))
        addPeers(to: router.group("/peer/api/v1"))
        return router
    }

    /// Refuses keys that nobody has, changes by viewers, and whatever is another tenant's.
    private struct Keys: RouterMiddleware {
        typealias Context = BasicRequestContext

        func handle(
            _ request: Request,
            context: BasicRequestContext,
            next: @concurrent (Request, BasicRequestContext) async throws -> Response
        ) async throws -> Response {
            let key = request.bearerToken?.withValue { $0 } ?? ""
            let role = Role.allCases.first { StubServices.key($0) == key }
            let path = request.uri.path
            guard role != nil || key == foreignKey else { throw Problem(.unauthorized, "unauthorized") }
            if path.hasSuffix("/api-keys/current") {
                let tenant = role == nil ? Sample.foreignTenant : nil
                return try json([
                    "actor": ["kind": "key", "name": Sample.hostile], "role": (role ?? .owner).rawValue,
                    "tenantID": tenant as Any? ?? NSNull(),
                ])
            }
            let isShared = ["/audit", "/api-keys", "/tenants"].contains { path.hasSuffix($0) }
            guard role != nil || isShared || path.contains(Sample.foreignTenant) else {
                throw Problem.notFound("There is no such thing.")
            }
            if path.contains("/api-keys"), let role, role < .owner { throw Problem(.forbidden, "role-too-low") }
            if request.method != .get, role == .viewer { throw Problem(.forbidden, "role-too-low") }
            return try await next(request, context)
        }
    }

    private static func addRegistry(to api: RouterGroup<BasicRequestContext>) {
        let tenant = Sample.tenantJSON(), provider = Sample.providerJSON()
        let actor: [String: Any] = ["kind": "key", "name": Sample.hostile]
        // Answered by whoever looks at the keys.
        serve(api, "api-keys/current", [:])
        serve(api, "tenants", page(tenant))
        serve(api, "tenants/{t}", tenant)
        serve(api, "tenants/{t}/idps", page(provider))
        serve(api, "tenants/{t}/extended-fields", page(Sample.fieldJSON))
        serve(api, "tenants/{t}/extended-fields/{f}", Sample.fieldJSON)
        serve(api, "tenants/{t}/webhooks", page(webhook))
        serve(api, "tenants/{t}/deliveries", page(delivery))
        serve(api, "idps/{i}", provider)
        serve(api, "idps/{i}/runs", page(Sample.runJSON(outcome: "held")))
        serve(api, "runs/{r}", Sample.runJSON(outcome: "held"))
        serve(api, "idps/{i}/closing-impact", ["directory": ["people": 9, "departments": 2]])
        serve(api, "idps/{i}/authorization", authorization)
        serve(api, "idps/{i}/departments", ["items": [["id": 1, "name": Sample.hostile, "people": 3]]])
        serve(
            api,
            "idps/{i}/notifications",
            ["enabled": true, "recipients": [Sample.hostile], "kinds": [], "revision": 1]
        )
        let revision: [String: Any] = [
            "revision": 2, "changedAt": Sample.time, "changedBy": actor,
            "changes": ["name": ["from": Sample.hostile, "to": "x"]],
        ]
        serve(api, "idps/{i}/revisions", page(revision))
        serve(
            api,
            "idps/{i}/revisions/{a}/difference/{b}",
            ["from": 3, "to": 2, "changes": revision["changes"] ?? [:]]
        )
        serve(
            api,
            "api-keys",
            page([
                "id": Sample.idp, "name": Sample.hostile, "role": "owner", "createdAt": Sample.time, "createdBy": actor,
            ])
        )
        serve(
            api,
            "audit",
            page([
                "id": 1, "at": Sample.time, "actor": actor, "action": Sample.hostile,
                "object": ["kind": "idp", "id": Sample.idp], "details": ["name": Sample.hostile],
            ])
        )
        let preview: [String: Any] = [
            "people": [
                [
                    "externalID": Sample.hostile, "name": Sample.hostile, "values": ["email": Sample.hostile],
                    "before": ["email": Sample.hostile], "changes": ["email"], "isFiltered": true,
                    "sources": [Sample.hostile: Sample.hostile], "problems": [Sample.hostile],
                ]
            ],
            "counts": ["people": 1, "filtered": 1, "changed": 1, "failed": 1],
            "collisions": [["field": "email", "value": Sample.hostile, "people": [Sample.hostile]]],
        ]
        let function: [String: Any] = [
            "name": "x", "signature": Sample.hostile, "sentence": Sample.hostile,
            "example": [
                "expression": Sample.hostile, "fields": [Sample.hostile: Sample.hostile], "result": Sample.hostile,
            ],
        ]
        serve(api, "idps/{i}/mapping/functions", ["fields": [Any](), "functions": [function]])
        serve(api, "idps/{i}/mapping/preview", preview, by: .post)
        serve(api, "tenants", tenant, by: .post)
    }

    private static func addPeers(to api: RouterGroup<BasicRequestContext>) {
        serve(api, "idps/{i}/summary", ["users": 100, "disabledUsers": 1, "departments": 2])
        serve(api, "idps/{i}/users", page(Sample.userJSON))
        serve(
            api,
            "idps/{i}/departments",
            page(["externalID": 1, "name": Sample.hostile, "state": "active", "people": 3])
        )
        let object: [String: Any] = [
            "kind": "user", "externalID": Sample.hostile, "name": Sample.hostile, "change": "held", "hold": "overLimit",
        ]
        serve(api, "runs/{r}/objects", page(object))
        serve(
            api,
            "diagnoses/{d}",
            [
                "id": "ABC", "reason": "user_unknown", "time": Sample.time, "explanation": Sample.hostile,
                "whoActs": "operator", "fix": Sample.hostile, "tenantID": Sample.tenant, "idpID": Sample.idp,
                "externalID": Sample.hostile, "detail": Sample.hostile,
            ]
        )
    }

    private static var webhook: [String: Any] {
        [
            "id": Sample.idp, "revision": 1, "url": Sample.hostile, "description": Sample.hostile, "kinds": [],
            "enabled": true, "failuresInARow": 0,
        ]
    }

    private static var delivery: [String: Any] {
        [
            "id": Sample.idp, "kind": "run-failed", "notificationState": "raised", "via": "webhook",
            "state": "failed", "attempts": 3, "error": Sample.hostile, "raisedAt": Sample.time,
        ]
    }

    private static var authorization: [String: Any] {
        let grant: [String: Any] = [
            "id": Sample.idp, "state": "waitingForConfirmation", "since": Sample.time, "corpID": "ww2",
            "corpName": Sample.hostile,
        ]
        return ["state": "authorized", "corpID": "ww1", "corpName": Sample.hostile, "agentID": 7, "grants": [grant]]
    }

    private static func page(_ item: [String: Any]) -> [String: Any] { ["items": [item]] }

    private static func serve(
        _ api: RouterGroup<BasicRequestContext>,
        _ path: String,
        _ value: [String: Any],
        by method: HTTPRequest.Method = .get
    ) {
        let body = (try? JSONSerialization.data(withJSONObject: value)) ?? Data()
        api.on(RouterPath(path), method: method) { _, _ in answer(body) }
    }

    private static func json(_ value: [String: Any]) throws -> Response {
        answer(try JSONSerialization.data(withJSONObject: value))
    }

    private static func answer(_ body: Data) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json", .eTag: "\"1\""],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
