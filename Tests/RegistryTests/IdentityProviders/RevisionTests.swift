import Foundation
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct RevisionTests {
    private static let any = ["If-Match": "*"]

    @Test("a revision is shown with its settings, and none that is not there")
    func one() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            try await registry.patch(id, ["cycleHours": 2])
            let first = try await registry.send(.get, "idps/\(id)/revisions/1")
            #expect(first["settings"]["cycleHours"] == 24)
            #expect(first["changedBy"]["kind"] == "bootstrap")
            #expect(
                try await registry.send(.get, "idps/\(id)/revisions/2")["changes"] == [
                    "cycleHours": ["from": 24, "to": 2]
                ]
            )
            for none in ["3", "0", "x", "99999999999999999999"] {
                #expect(try await registry.send(.get, "idps/\(id)/revisions/\(none)").status == 404)
            }
        }
    }

    @Test("the difference of any two revisions is told in either direction, another secret among it")
    func difference() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.patch(id, ["cycleHours": 2])
            try await registry.patch(id, ["cycleHours": 3, "description": "Another"])
            try await registry.connect(id, corpID: "ww1e933be11645237c")
            func changes(_ from: Int, _ to: Int) async throws -> JSON {
                try await registry.send(.get, "idps/\(id)/revisions/\(from)/difference/\(to)")["changes"]
            }
            #expect(
                try await changes(2, 4) == [
                    "cycleHours": ["from": 24, "to": 3], "description": ["from": "WeCom data source", "to": "Another"],
                ]
            )
            #expect(
                try await changes(4, 3) == [
                    "cycleHours": ["from": 3, "to": 2], "description": ["from": "Another", "to": "WeCom data source"],
                ]
            )
            #expect(try await changes(4, 5) == ["secret": ["to": "replaced"]])
            #expect(try await changes(3, 3) == [:])
            #expect(try await registry.send(.get, "idps/\(id)/revisions/1/difference/9").status == 404)
        }
    }

    @Test("a restored revision brings back every setting that is the administrator's, as a further revision")
    func restore() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.patch(id, Self.settings)
            let then = try await registry.send(.get, "idps/\(id)")
            try await registry.patch(
                id,
                [
                    "name": "other", "description": "Other", "automaticSynchronization": true,
                    "synchronizeUserInformation": true, "tellContactDetails": false, "cycleHours": 24,
                    "scope": ["kind": "all"], "mapping": [],
                    "safetyLimits": [
                        "people": ["perRun": ["count": 1, "percent": 1], "perDay": ["count": 1, "percent": 1]],
                        "protectedUsers": [], "graceDays": 1,
                    ],
                    "schema": nil,
                ]
            )
            let path = "idps/\(id)/revisions/3/restore"
            #expect(try await registry.send(.post, path).status == 428)
            #expect(try await registry.send(.post, path, headers: ["If-Match": "\"3\""]).status == 412)
            let restored = try await registry.send(.post, path, headers: ["If-Match": "\"4\""])
            #expect(restored.status == 200, "\(restored.text)")
            #expect(restored["revision"] == 5)
            for name in RestoredSettings.names.union(["schema", "authorization"]) {
                #expect(restored[name] == then[name], "\(name)")
            }
            let entry = try await registry.send(.get, "audit?limit=1")["items"][0]
            #expect(entry["action"] == "idp.restored")
            #expect(entry["details"]["restoredRevision"] == 3)
            #expect(try await registry.configuration().revision.rawValue == 5)
        }
    }

    private static let settings: JSON = [
        "name": "first", "description": "First", "automaticSynchronization": false,
        "synchronizeUserInformation": false, "tellContactDetails": true, "cycleHours": 7,
        "scope": ["kind": "departments", "departments": [3, 4]],
        "mapping": [
            ["target": "title", "kind": "direct", "source": "position", "value": "x", "missing": "default"],
            ["target": "alias", "kind": "constant", "value": "y"],
            ["target": "displayName", "kind": "direct", "source": "name"],
        ],
        "filter": "status == 5",
        "safetyLimits": [
            "people": ["perRun": nil, "perDay": ["count": 3, "percent": 9]], "departments": ["perWeek": nil],
            "policies": ["leftScope": "keep"], "protectedUsers": ["zhangsan"], "graceDays": 7,
        ],
        "schema": "wwauth1e933be11645237c000099",
    ]

    @Test("every setting is one that is restored, or one of which it is said that it is not")
    func complete() throws {
        let fields = try SettingsView(TestRegistry.blank()).fields.keys
        // What is not set is not shown.
        let shown = Set(fields).union(["schema", "egress", "quietHours", "filter"])
        #expect(shown == RestoredSettings.names.union(RestoredSettings.exceptions))
    }

    @Test("a revision that would close is restored only by who knows what that does")
    func closing() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider(["status": "closed"])
            try await registry.patch(id, ["status": "enabled"])
            let path = "idps/\(id)/revisions/1/restore"
            let refused = try await registry.send(.post, path, headers: Self.any)
            #expect(refused.problem == "closing-needs-confirmation")
            #expect(refused["impact"]["idpID"].string == id.description)
            let body: JSON = ["confirmClosing": true]
            #expect(try await registry.send(.post, path, body, headers: Self.any)["status"] == "closed")
        }
    }

    @Test("settings that do not fit any more, or are another enterprise's, are not restored")
    func unfit() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let fields = "tenants/\(tenant)/extended-fields"
            _ = try await registry.send(.post, fields, ["key": "room", "titles": ["en": "Room"]])
            let id = try await registry.makeConnectedProvider(in: tenant)
            try await registry.patch(id, ["mapping": [["target": "room", "kind": "constant", "value": "1"]]])
            _ = try await registry.send(.delete, "\(fields)/room?confirm=room", headers: Self.any)
            let before = try await registry.contents()
            let gone = try await registry.send(.post, "idps/\(id)/revisions/3/restore", headers: Self.any)
            #expect(gone.problem == "revision-does-not-fit")
            #expect(gone.fields == ["mapping[0].target"])
            #expect(try await registry.contents() == before)
            try await registry.connect(id, corpID: "ww2e933be11645237c")
            let foreign = try await registry.send(.post, "idps/\(id)/revisions/2/restore", headers: Self.any)
            #expect(foreign.problem == "revision-of-another-enterprise")
        }
    }

    @Test("so many revisions are kept and no more")
    func kept() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let number = RevisionStore.kept + 5
            try await registry.database.run(
                """
                insert into registry.revisions
                select idp, generate_series(2, \(number)), settings, changes, changed_at, changed_by from registry.revisions
                """
            )
            try await registry.database.run(
                """
                update registry.identity_providers
                set revision = \(number), configuration = configuration || jsonb_build_object('revision', \(number)::bigint)
                """
            )
            try await registry.patch(id, ["cycleHours": 2])
            #expect(try await registry.count("revisions") == Int(RevisionStore.kept))
            #expect(try await registry.send(.get, "idps/\(id)/revisions/\(number + 1)").status == 200)
            #expect(try await registry.send(.get, "idps/\(id)/revisions/6").status == 404)
        }
    }
}

extension TestRegistry {
    /// An identity provider as it is without a request's settings.
    static func blank() throws -> IdentityProviderConfiguration {
        IdentityProviderConfiguration(
            id: .make(),
            tenant: .make(),
            enterpriseID: .make(),
            revision: Revision(rawValue: 1),
            name: try IdentityProviderName("test_123"),
            description: "x"
        )
    }
}
