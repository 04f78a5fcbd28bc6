import Foundation

@testable import Console

/// What services answer, made up.
enum Sample {
    static let tenant = "0197a1b2-0000-7000-8000-000000000001"
    static let foreignTenant = "0197a1b2-0000-7000-8000-000000000002"
    static let idp = "0197a1b2-0000-7000-8000-000000000011"
    static let foreignIDP = "0197a1b2-0000-7000-8000-000000000012"
    static let runID = "0197a1b2-0000-7000-8000-000000000021"
    /// An approval that is done.
    static let approvalID = "0197a1b2-0000-7000-8000-000000000022"
    /// A dry run of a replay.
    static let replayID = "0197a1b2-0000-7000-8000-000000000023"
    static let time = "2026-11-30T08:00:00Z"

    /// A name as somebody hostile gives it in WeCom: markup, quotes, also before marks that join them, marks that turn the
    /// reading direction, and long.
    static let hostile =
        "<script>alert(1)</script>\"'&\u{202E}\u{2066}\"\u{301}<\u{301}" + String(repeating: "好", count: 300)

    static func run(outcome: String?, people: Int = 100, created: Int = 1) throws -> Run {
        try decode(runJSON(outcome: outcome, people: people, created: created))
    }

    /// An approval, which read nothing and removed some.
    static var approvalJSON: [String: Any] {
        let none = Dictionary(
            uniqueKeysWithValues: [
                "seen", "created", "updated", "unchanged", "rejected", "known", "missing", "present", "removed",
                "unknown",
                "held",
            ].map { ($0, 0) }
        )
        var run = runJSON(outcome: "succeeded")
        run["id"] = approvalID
        run["kind"] = "apply"
        run["reasons"] = [String]()
        run["counts"] = ["users": none.merging(["removed": 40]) { $1 }, "departments": none]
        run["progress"] = [
            "departmentsExpected": 0, "departmentsRead": 0, "usersSeen": 0, "pages": 0, "pagesApplied": 0,
        ]
        run["fieldReports"] = [Any]()
        return run
    }

    static var replayJSON: [String: Any] {
        var run = runJSON(outcome: "succeeded")
        run["id"] = replayID
        run["kind"] = "replay"
        run["dryRun"] = true
        return run
    }

    static func approval() throws -> Run { try decode(approvalJSON) }

    static func provider(status: String = "enabled", authorization: String = "authorized") throws -> IdentityProvider {
        try decode(providerJSON(status: status, authorization: authorization))
    }

    static func tenantJSON(_ id: String = tenant) -> [String: Any] {
        ["id": id, "name": hostile, "enterpriseID": "abcde12345", "status": "active", "createdAt": time]
    }

    static func providerJSON(status: String = "enabled", authorization: String = "authorized") -> [String: Any] {
        [
            "id": idp, "tenantID": tenant, "enterpriseID": "abcde12345", "revision": 3, "name": hostile,
            "description": hostile, "status": status, "automaticSynchronization": true,
            "synchronizeUserInformation": true, "tellContactDetails": false, "cycleHours": 24, "scope": ["kind": "all"],
            "mapping": [
                ["target": "email", "kind": "direct", "source": hostile, "when": "always", "missing": "keep"]
            ],
            "filter": hostile, "safetyLimits": safetyLimitsJSON, "extendedFields": [fieldJSON], "createdAt": time,
            "updatedAt": time, "tenantStatus": "active",
            "authorization": ["state": authorization, "kind": "ownApp", "corpID": "ww1", "agentID": 7],
        ]
    }

    private static var safetyLimitsJSON: [String: Any] {
        let limits: [String: Any] = ["perRun": ["count": 5, "percent": 10], "perDay": NSNull()]
        return [
            "people": limits, "departments": limits, "protectedUsers": [hostile], "graceDays": 30, "heldDays": 14,
            "policies": [
                "leftCompany": "deleteAfterGrace", "leftVisibleRange": "disable", "leftScope": "keep",
                "disabledInWeCom": "disable",
            ],
        ]
    }

    static var fieldJSON: [String: Any] {
        [
            "key": "costCenter", "titles": ["zh": hostile], "type": "choice", "options": [hostile],
            "isRequired": false, "isVisible": true,
        ]
    }

    static func runJSON(outcome: String?, people: Int = 100, created: Int = 1) -> [String: Any] {
        let counts = [
            "seen": people, "created": created, "updated": 0, "unchanged": people - created, "rejected": 1,
            "known": people, "missing": 1, "present": 0, "removed": 1, "unknown": 0, "held": 1,
        ]
        var run: [String: Any] = [
            "id": runID, "idpID": idp, "epoch": 1, "kind": "full", "dryRun": false, "cause": "manual",
            "state": outcome == nil ? "running" : "finished", "reasons": [hostile],
            "counts": ["users": counts, "departments": counts],
            "progress": [
                "departmentsExpected": 1, "departmentsRead": 1, "usersSeen": 1, "pages": 1, "pagesApplied": 1,
            ],
            "fieldReports": [
                ["objectKind": "user", "field": hostile, "kind": "tooLong", "count": 1, "objects": [hostile]]
            ],
            "requestedAt": time, "startedAt": time,
        ]
        run["outcome"] = outcome
        if outcome != nil { run["finishedAt"] = time }
        return run
    }

    static var userJSON: [String: Any] {
        [
            "id": idp, "externalID": hostile, "username": hostile, "displayName": hostile, "email": hostile,
            "status": 1, "enabled": true, "state": "active", "departments": [["id": 1, "order": 0, "isLeader": true]],
            "leaders": [hostile], "attributes": ["costCenter": hostile], "createdAt": time, "updatedAt": time,
        ]
    }

    private static func decode<Value: Decodable>(_ json: [String: Any]) throws -> Value {
        try JSONDecoder().decode(Value.self, from: try JSONSerialization.data(withJSONObject: json))
    }
}
