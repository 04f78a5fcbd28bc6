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
    /// What every refresh token is changed for.
    static let nextRefreshToken = "the next one"
    /// A key of another tenant's owner.
    static let foreignKey = "key-of-another-tenant"

    static func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: ProblemMiddleware())
        addRegistry(to: router.group("/api/v1").add(middleware: Keys()))
        addPeers(to: router.group("/peer/api/v1"))
        router.post("/peer/oauth2/token") { _, _ in
            try json(["access_token": key(.viewer), "refresh_token": nextRefreshToken, "expires_in": 600])
        }
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
            let isShared = ["/audit", "/api-keys", "/clients", "/tenants"].contains { path.hasSuffix($0) }
            guard role != nil || isShared || path.contains(Sample.foreignTenant) else {
                throw Problem.notFound("There is no such thing.")
            }
            if path.contains("/api-keys"), let role, role < .owner { throw Problem(.forbidden, "role-too-low") }
            if path.contains("/operations/"), role == .viewer { throw Problem(.forbidden, "role-too-low") }
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
        serve(api, "runs/\(Sample.approvalID)", Sample.approvalJSON)
        serve(api, "runs/\(Sample.replayID)", Sample.replayJSON)
        serve(api, "idps/{i}/closing-impact", ["directory": ["people": 9, "departments": 2]])
        serve(api, "idps/{i}/authorization", authorization)
        let departments: [[String: Any]] = [
            ["id": 1, "name": Sample.hostile, "people": 3],
            ["id": 2, "parentID": 1, "name": Sample.hostile, "people": 2],
            ["id": 3, "parentID": 2, "name": Sample.hostile, "people": 1], ["id": 4, "parentID": 2, "people": 0],
        ]
        serve(api, "idps/{i}/departments", ["items": departments])
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
                "id": Sample.idp, "revision": 5, "name": Sample.hostile, "role": "owner", "createdAt": Sample.time,
                "createdBy": actor,
            ])
        )
        serve(api, "clients", page(client))
        serve(api, "clients/{c}", client)
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
                    "kept": ["mobile"], "onlyForNew": ["title"], "missingRequired": ["costCenter"],
                ]
            ],
            "counts": ["people": 1, "filtered": 1, "changed": 1, "failed": 1, "missingRequired": 1],
            "departmentsNotSearched": 2, "unknown": ["directory": "The directory does not answer at present."],
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
        let check: [String: Any] = [
            "name": "callbacks", "outcome": "failed", "fix": Sample.hostile, "whoActs": "operator",
            "finding": "WeCom has not called for 40 minutes, and pushes a ticket every ten.",
        ]
        let found: [String: Any] = ["checkedAt": Sample.time, "isComplete": true, "checks": [check]]
        serve(api, "idps/{i}/preflight", found, by: .post)
        addChanges(to: api)
        addOperations(to: api)
    }

    /// What operators of all tenants are shown.
    private static func addOperations(to api: RouterGroup<BasicRequestContext>) {
        let condition: [String: Any] = [
            "tenantID": Sample.tenant, "tenantName": Sample.hostile, "idpID": Sample.idp, "idpName": Sample.hostile,
            "kind": "removals-held", "since": Sample.time, "times": 3, "sentence": Sample.hostile,
            "fix": Sample.hostile, "run": Sample.runID, "lastSuccessAt": Sample.time,
        ]
        serve(api, "operations/conditions", page(condition))
        let letter: [String: Any] = [
            "id": Sample.hostile, "place": Sample.hostile, "code": "unknown-type", "advice": Sample.hostile,
            "reason": Sample.hostile, "tenantID": Sample.tenant, "idpID": Sample.hostile, "since": Sample.time,
            "attempts": 2, "timesRedriven": 1,
        ]
        let record = letter.merging([
            "stage": Sample.hostile, "origin": Sample.hostile, "bytes": 7,
            "headers": [[Sample.hostile, Sample.hostile]],
            "settlements": [Any](), "obstacle": Sample.hostile,
        ]) { $1 }
        let count: [String: Any] = ["name": "unknown-type", "count": 12, "advice": Sample.hostile]
        serve(api, "operations/dead-letters", page(letter))
        serve(api, "operations/dead-letters/histogram", page(count))
        serve(api, "operations/dead-letters/records", page(record))
        let partitions: [[String: Any]] = [
            ["partition": 0, "messages": 12_000, "seconds": 75.4], ["partition": 1, "messages": 0],
        ]
        let lag: [String: Any] = [
            "group": Sample.hostile, "topic": Sample.hostile, "hasRead": true, "messages": 12_000, "seconds": 75.4,
            "partitions": partitions,
        ]
        serve(api, "operations/lag", page(lag))
        let check: [String: Any] = [
            "check": "groups", "outcome": "warning", "finding": Sample.hostile, "fix": Sample.hostile,
        ]
        serve(api, "operations/doctor", page(check))
        let replay: [String: Any] = [
            "tenantID": Sample.tenant, "tenantName": Sample.hostile, "idpName": Sample.hostile,
            "run": Sample.runJSON(outcome: "succeeded"),
        ]
        serve(api, "operations/replays", page(replay))
        serve(api, "operations/replays", page(Sample.runJSON(outcome: nil)), by: .post)
        serve(api, "sealing", sealing)
        serve(api, "sealing/rotation", sealing, by: .post)
        let settled: [String: Any] = ["settled": 1, "left": 0]
        serve(api, "operations/dead-letters/redrive", settled, by: .post)
        serve(api, "operations/dead-letters/discard", settled, by: .post)
    }

    /// By which keys secrets rest sealed: a rotation is under way.
    private static var sealing: [String: Any] {
        let keys: [[String: Any]] = [
            ["keyID": "new", "use": "current", "copies": 2], ["keyID": "old", "use": "rests", "copies": 2],
            ["keyID": "gone", "use": "travels", "travelsUntil": Sample.time, "copies": 1],
        ]
        return [
            "copies": 2, "keys": keys, "secrets": [["place": "webhooks", "keyID": "old", "count": 1]],
            "rotation": ["keyID": "new", "startedAt": Sample.time, "startedBy": Sample.hostile],
        ]
    }

    /// Changes, each of a version.
    private static func addChanges(to api: RouterGroup<BasicRequestContext>) {
        let tenant = Sample.tenantJSON(), provider = Sample.providerJSON()
        change(api, "tenants/{t}", .patch, tenant, at: 1)
        change(api, "tenants/{t}", .delete, tenant, at: 1)
        change(api, "tenants/{t}/suspend", .post, tenant, at: 1)
        change(api, "tenants/{t}/extended-fields/{f}", .patch, Sample.fieldJSON, at: 1)
        change(api, "tenants/{t}/extended-fields/{f}", .delete, [:], at: 1)
        change(api, "tenants/{t}/webhooks/{w}", .patch, webhook, at: 1)
        change(api, "tenants/{t}/webhooks/{w}", .delete, [:], at: 1)
        change(api, "tenants/{t}/webhooks/{w}/rotate-secret", .post, webhook, at: 1)
        change(api, "idps/{i}", .patch, provider, at: 3)
        change(api, "idps/{i}", .delete, [:], at: 3)
        change(api, "idps/{i}/revisions/{a}/restore", .post, provider, at: 3)
        change(api, "idps/{i}/notifications", .patch, [:], at: 1)
        change(api, "clients/{c}", .patch, client, at: 4)
        change(api, "clients/{c}", .delete, [:], at: 4)
        change(api, "clients/{c}/rotate-secret", .post, client, at: 4)
        change(api, "api-keys/{k}", .delete, [:], at: 5)
        let made = ["id": Sample.idp, "name": "new", "key": "wbk_new"]
        change(api, "api-keys/{k}/replace", .post, made, at: 5)
    }

    private static func addPeers(to api: RouterGroup<BasicRequestContext>) {
        serve(api, "idps/{i}/summary", ["users": 100, "disabledUsers": 1, "departments": 2])
        serve(api, "idps/{i}/users", page(Sample.userJSON))
        let session: [String: Any] = [
            "id": Sample.idp, "clientID": Sample.hostile, "scope": Sample.hostile, "authenticatedAt": Sample.time,
            "expiresAt": Sample.time,
        ]
        serve(api, "idps/{i}/users/{u}/sessions", page(session))
        serve(api, "idps/{i}/users/{u}/sessions", ["ended": 1], by: .delete)
        let key: [String: Any] = [
            "id": Sample.hostile, "algorithm": "ES256", "phase": "signing", "createdAt": Sample.time,
            "signsAt": Sample.time,
        ]
        serve(api, "keys", page(key))
        serve(api, "keys", page(key), by: .post)
        serve(api, "sealing", sealing)
        serve(api, "sealing/rotation", sealing, by: .post)
        serve(
            api,
            "idps/{i}/departments",
            [
                "items": [
                    ["externalID": 1, "name": Sample.hostile, "state": "active", "people": 3],
                    ["externalID": 2, "parentID": 1, "name": Sample.hostile, "state": "active", "people": 2],
                    ["externalID": 3, "parentID": 2, "name": "Sales", "state": "active", "people": 1],
                ]
            ]
        )
        addPast(to: api)
        let counts = ["updated": 1, "held": 1]
        let plan: [String: Any] = [
            "runID": Sample.runID, "state": "ready", "requestedAt": Sample.time, "expiresAt": Sample.time, "mapping": 1,
            "objects": 2, "users": counts, "departments": counts, "planOf": Sample.runID,
        ]
        serve(api, "runs/{r}/plan", plan)
        let planned: [String: Any] = [
            "kind": "user", "externalID": Sample.hostile, "name": Sample.hostile, "change": "updated",
            "reason": "leftScope", "before": ["displayName": "x"],
            "after": ["displayName": Sample.hostile, "departments": [["id": 7, "order": 0, "isLeader": false]]],
        ]
        serve(api, "runs/{r}/plan/objects", page(planned))
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

    /// What became of people and departments, told only of the identity provider that is asked for.
    private static func addPast(to api: RouterGroup<BasicRequestContext>) {
        let values: [String: Any] = [
            "displayName": Sample.hostile, "attributes": ["costCenter": Sample.hostile], "removedAt": NSNull(),
            "departments": [["id": 1, "order": 0, "isLeader": true]], "status": 1, "unheardOf": [Sample.hostile],
        ]
        let object: [String: Any] = [
            "kind": "user", "externalID": Sample.hostile, "userID": Sample.idp, "name": Sample.hostile,
            "change": "held", "hold": "overLimit", "before": values, "after": ["displayName": "somebody"],
        ]
        let entry: [String: Any] = [
            "run": Sample.runID, "epoch": 7, "at": Sample.time, "change": "removed", "reason": "leftCompany",
            "before": values, "after": ["removedAt": Sample.time],
        ]
        serve(api, "runs/{r}/objects", page(object))
        serve(api, "runs/{r}/objects/export", object)
        serve(api, "idps/{i}/departments/{d}/history", page(entry))
        for (path, value) in [("users/{u}", Sample.userJSON), ("users/{u}/history", page(entry))] {
            let body = (try? JSONSerialization.data(withJSONObject: value)) ?? Data()
            api.get(RouterPath(path)) { request, _ in
                guard request.uri.queryParameters["idp"] == Sample.idp[...] else {
                    throw Problem.notFound("There is no such user.")
                }
                if request.uri.queryParameters["at"]?.hasPrefix("2001") == true {
                    throw Problem(
                        .gone,
                        "history-not-kept",
                        detail: "What the directory was is known since \(Sample.time), and not before."
                    )
                }
                return answer(body)
            }
        }
    }

    private static var webhook: [String: Any] {
        [
            "id": Sample.idp, "revision": 1, "url": Sample.hostile, "description": Sample.hostile, "kinds": [],
            "enabled": true, "failuresInARow": 0,
        ]
    }

    private static var client: [String: Any] {
        [
            "id": Sample.idp, "clientID": Sample.hostile, "revision": 4, "name": Sample.hostile, "status": "enabled",
            "authentication": "client_secret", "keys": [Any](), "redirectURIs": [Sample.hostile],
            "postLogoutRedirectURIs": [Sample.hostile], "backchannelLogoutURI": Sample.hostile, "scopes": ["openid"],
            "idTokenAlgorithm": "ES256", "native": true, "deviceFlow": false, "idleDays": 30, "absoluteDays": 90,
            "formerSecretUntil": Sample.time, "createdAt": Sample.time, "updatedAt": Sample.time,
            "secret": Sample.hostile,
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

    /// A change that is made to the present version alone; to another one it is told what somebody else stored.
    private static func change(
        _ api: RouterGroup<BasicRequestContext>,
        _ path: String,
        _ method: HTTPRequest.Method,
        _ value: [String: Any],
        at version: Int
    ) {
        let body = (try? JSONSerialization.data(withJSONObject: value)) ?? Data()
        api.on(RouterPath(path), method: method) { request, _ in
            guard let seen = request.headers[.ifMatch] else { throw Problem(.preconditionRequired, "if-match-missing") }
            guard seen == "\"\(version)\"" else {
                let stored = ["name": ["yours": JSON.string("mine"), "current": .string("stored by somebody else")]]
                throw Problem(
                    .preconditionFailed,
                    "version-changed",
                    detail: "It is at version \(version) now.",
                    extensions: path == "idps/{i}" ? ["changes": stored] : [:]
                )
            }
            return answer(body)
        }
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
