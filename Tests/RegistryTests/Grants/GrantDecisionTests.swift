import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// What an administrator decides about what an enterprise granted.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct GrantDecisionTests {
    private static let first = "ww1e933be11645237c"
    private static let second = "ww2e933be11645237c"

    /// An identity provider that is connected to the first enterprise, and the second one's grant to it.
    private func withSecond(
        _ test: @escaping @Sendable (GrantPlay, IdentityProviderID) async throws -> Void
    ) async throws {
        try await withGrantPlay { play in
            let id = try await play.registry.makeProvider()
            for corp in [Self.first, Self.second] {
                let state = try await play.registry.requestAuthorization(id)
                try await play.registry.push(play.model.authorize(corp, state: state))
            }
            try await test(play, id)
        }
    }

    @Test("another enterprise than before is shown by its name, and nothing of it is read before it is confirmed")
    func shown() async throws {
        try await withSecond { play, id in
            let registry = play.registry
            let seen = try await registry.send(.get, "idps/\(id)/authorization")
            #expect(seen["corpID"].string == Self.first)
            #expect(seen["grants"][0]["state"] == "waitingForConfirmation")
            #expect(seen["grants"][0]["corpID"].string == Self.second)
            #expect(seen["grants"][0]["corpName"].string == "Corp \(Self.second)")
            #expect(seen["grants"][1]["state"] == "complete")
            #expect(try await registry.configuration().connection?.corpID == Self.first)
            try await registry.workAgain()
            #expect(try await registry.configuration().connection?.corpID == Self.first)
        }
    }

    @Test("a confirmed enterprise takes the place of the one before, as another generation, and a run is started")
    func confirmed() async throws {
        try await withSecond { play, id in
            let registry = play.registry
            let before = try await registry.configuration()
            let runs = try await registry.count("runs")
            #expect(try await registry.decide("confirm", id).status == 200)
            let after = try await registry.configuration()
            #expect(after.connection?.corpID == Self.second)
            #expect(after.generation == before.generation.next)
            #expect(try registry.secret(after) == play.model.code(of: Self.second))
            #expect(try await registry.count("runs") == runs + 1)
            let grants = try await registry.grants(id)
            #expect(grants.map { $0["state"] } == ["complete", "superseded"])
            #expect(grants[0]["confirmedBy"] == "bootstrap")
            let entry = try await registry.send(.get, "audit?object=\(id)")["items"].array
                .first { $0["action"] == "authorization.confirmed" }
            #expect(entry?["details"]["corpID"].string == Self.second)
            // The first one's end is nobody's any more.
            try await registry.push(play.model.cancel(Self.first))
            #expect(try await registry.configuration().isConnected)
        }
    }

    @Test("a declined enterprise is never connected, and what it granted is kept all the same")
    func declined() async throws {
        try await withSecond { play, id in
            let registry = play.registry
            #expect(try await registry.decide("decline", id).status == 200)
            try await registry.workAgain()
            #expect(try await registry.configuration().connection?.corpID == Self.first)
            let grants = try await registry.grants(id)
            #expect(grants.map { $0["state"] } == ["ended", "complete"])
            #expect(grants[0]["reason"] == "bootstrap declined it.")
            let rows = try await registry.database.run(
                "select 1 from registry.grants where corp_id = \(Self.second) and permanent_code is not null"
            )
            #expect(rows.count == 1)
            let again = try await registry.decide("confirm", id)
            #expect(again.status == 409)
            #expect(again.problem == "nothing-to-decide")
        }
    }

    @Test("an enterprise that withdraws while it waits to be confirmed is confirmed in vain")
    func withdrawn() async throws {
        try await withSecond { play, id in
            try await play.registry.push(play.model.cancel(Self.second))
            #expect(try await play.registry.grants(id).map { $0["state"] } == ["revoked", "complete"])
            #expect(try await play.registry.decide("confirm", id).status == 409)
        }
    }

    @Test("an enterprise that another tenant is connected to has to be confirmed, and the other tenant notices nothing")
    func elsewhere() async throws {
        try await withGrantPlay { play in
            let registry = play.registry
            let other = try await registry.makeConnectedProvider(corpID: Self.first.uppercased())
            let before = try await registry.configuration()
            let id = try await registry.makeProvider()
            let state = try await registry.requestAuthorization(id)
            try await registry.push(play.model.authorize(Self.first, state: state))
            #expect(try await registry.grants(id).map { $0["state"] } == ["waitingForConfirmation"])
            try await registry.decide("confirm", id)
            let connected = try await registry.components.providers.find(id, for: .everywhere).configuration
            #expect(connected.isConnected)
            #expect(connected.generation == .first)
            let theirs = try await registry.components.providers.find(other, for: .everywhere).configuration
            #expect(theirs.isConnected)
            #expect(theirs.generation == before.generation)
        }
    }

    @Test("an app of the enterprise's own that is connected later voids the QR codes before, whoever scans them")
    func ownAppLater() async throws {
        try await withGrantPlay { play in
            let registry = play.registry
            let id = try await registry.makeProvider()
            let state = try await registry.requestAuthorization(id)
            let waiting = try await registry.requestAuthorization(id)
            play.model.setApp(false, in: Self.second)
            try await registry.push(play.model.authorize(Self.second, state: waiting))
            #expect(try await registry.grants(id).map { $0["state"] } == ["waitingForApp"])
            let ownApp: JSON = ["corpID": .string(Self.first), "agentID": 1_000_002, "secret": "s"]
            try await registry.patch(id, ["ownApp": ownApp])
            #expect(try await registry.send(.get, "idps/\(id)/authorization")["url"] == .null)
            play.model.setApp(true, in: Self.second)
            try await registry.workAgain()
            try await registry.push(play.model.authorize(Self.second, state: state))
            let configuration = try await registry.configuration()
            #expect(configuration.connection?.kind == .ownApp)
            #expect(configuration.connection?.corpID == Self.first)
            #expect(try await registry.grants(id).map { $0["state"] } == ["superseded", "superseded"])
        }
    }

    @Test("what waits for its app is ended by an administrator, and then stays ended when the app is made")
    func ended() async throws {
        try await withGrantPlay { play in
            let registry = play.registry
            let id = try await registry.makeProvider()
            play.model.setApp(false, in: Self.first)
            let state = try await registry.requestAuthorization(id)
            try await registry.push(play.model.authorize(Self.first, state: state))
            #expect(try await registry.decide("end", id).status == 200)
            play.model.setApp(true, in: Self.first)
            try await registry.push(play.model.change(Self.first))
            try await registry.workAgain()
            #expect(try await registry.configuration().connection == nil)
            #expect(try await registry.grants(id).map { $0["state"] } == ["ended"])
            #expect(try await registry.decide("end", id).status == 409)
        }
    }

    @Test("a grant is decided about by its own identity provider alone")
    func foreign() async throws {
        try await withSecond { play, id in
            let other = try await play.registry.makeProvider()
            let grant = try #require(try await play.registry.grants(id).first)["id"]
            for decision in ["confirm", "decline", "end"] {
                let path = "idps/\(other)/authorization/\(decision)"
                #expect(try await play.registry.send(.post, path, ["grantID": grant]).status == 404)
                #expect(try await play.registry.send(.post, path, ["grantID": "x"]).fields == ["grantID"])
            }
            #expect(try await play.registry.grants(id)[0]["state"] == "waitingForConfirmation")
        }
    }

    @Test("whoever only reads sees no QR code, in no form")
    func viewers() async throws {
        try await withGrantPlay { play in
            let registry = play.registry
            let id = try await registry.makeProvider()
            _ = try await registry.requestAuthorization(id)
            for role in ["viewer", "operator"] {
                let key = try await registry.makeKey(role)
                let seen = try await registry.send(.get, "idps/\(id)/authorization", key: key)
                #expect(seen["state"] == "pending")
                for member in ["url", "svgURL", "pngURL"] { #expect(seen[member] == .null) }
                for form in ["svg", "png"] {
                    let answer = try await registry.send(.get, "idps/\(id)/authorization/qr.\(form)", key: key)
                    #expect(answer.problem == "role-too-low")
                }
            }
            let key = try await registry.makeKey("admin")
            #expect(try await registry.send(.get, "idps/\(id)/authorization", key: key)["url"] != .null)
        }
    }
}
