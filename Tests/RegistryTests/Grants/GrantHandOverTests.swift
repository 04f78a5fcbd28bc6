import BackgroundWork
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// One registry dies, or stands still, with a grant in hand.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct GrantHandOverTests {
    @Test("a registry that stands still with the answer in hand keeps it, though another one has tried the spent code")
    func lateAnswer() async throws {
        try await withGrantPlay(registries: 2) { play in
            let history = GrantHistory(deeds: [.authorize], steps: [.deed, .event(0)])
            var parts = try await play.parts([history], name: 1)
            let part = parts[0]
            for number in 0..<2 { try await play.step(&parts, number) }
            let gate = play.model.hold("service/v2/get_permanent_code", of: part.corp)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await play.registry.components.codeQueue.drain() }
                await gate.waitForCall()
                try await play.registry.database.run(
                    "update registry.grants set claimed_until = now() - interval '1 second'"
                )
                try await play.others[0].codeQueue.drain()
                let states = try await play.registry.grants(part.provider).map { $0["state"] }
                #expect(states == ["inTrouble"])
                gate.open()
                try await group.waitForAll()
            }
            try await play.work()
            #expect(try await play.faults(parts) == [])
            let states = try await play.registry.grants(part.provider).map { $0["state"] }
            #expect(states == ["complete"])
        }
    }

    @Test("a registry that is ended while it waits for the answer keeps it")
    func cancelled() async throws {
        try await withGrantPlay { play in
            let history = GrantHistory(deeds: [.authorize], steps: [.deed, .event(0)])
            var parts = try await play.parts([history], name: 4)
            let part = parts[0]
            for number in 0..<2 { try await play.step(&parts, number) }
            let gate = play.model.hold("service/v2/get_permanent_code", of: part.corp)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await play.registry.components.codeQueue.drain() }
                await gate.waitForCall()
                group.cancelAll()
                gate.open()
                try await group.waitForAll()
            }
            #expect(try await play.registry.grants(part.provider).map { $0["state"] } == ["exchanged"])
            try await play.work()
            #expect(try await play.faults(parts) == [])
        }
    }

    @Test("a registry that stood still while an enterprise was looked after does nothing by what it was told then")
    func lateLook() async throws {
        try await withGrantPlay(registries: 2) { play in
            let history = GrantHistory(deeds: [.authorize], steps: [.deed, .event(0)])
            var parts = try await play.parts([history], name: 2)
            let part = parts[0]
            for number in 0..<2 { try await play.step(&parts, number) }
            try await play.work()
            let cancelled = try await play.registry.push(try Push(play.model.cancel(part.corp)))
            try #require(cancelled.text == "success")
            try await play.registry.components.callbackQueue.drain()
            let gate = play.model.hold("service/v2/get_auth_info", of: part.corp)
            try await withThrowingTaskGroup(of: Void.self) { group in
                // It is told that nothing is authorized, and stands still.
                group.addTask { try await play.registry.components.authorizationQueue.drain() }
                await gate.waitForCall()
                try await play.registry.database.run(
                    "update registry.corp_authorizations set claimed_until = now() - interval '1 second'"
                )
                let granted = try await play.registry.push(
                    try Push(play.model.authorize(part.corp, state: part.state))
                )
                try #require(granted.text == "success")
                _ = try await play.others[0].codeQueue.drain() + play.others[0].authorizationQueue.drain()
                let before = try await play.registry.contents()
                gate.open()
                try await group.waitForAll()
                #expect(try await play.registry.contents() == before)
            }
            #expect(try await play.faults(parts) == [])
        }
    }

    @Test("a look at an enterprise that was told of something new meanwhile is done again, and revokes nobody")
    func newerCode() async throws {
        try await withGrantPlay(registries: 2) { play in
            let history = GrantHistory(deeds: [.authorize], steps: [.deed, .event(0)])
            var parts = try await play.parts([history], name: 3)
            let part = parts[0]
            for number in 0..<2 { try await play.step(&parts, number) }
            try await play.work()
            let revision = try await play.registry.send(.get, "idps/\(part.provider)")["revision"]
            for event in [play.model.cancel(part.corp), play.model.authorize(part.corp, state: part.state)] {
                let taken = try await play.registry.push(try Push(event))
                try #require(taken.text == "success")
            }
            try await play.registry.components.callbackQueue.drain()
            let gate = play.model.hold("service/v2/get_auth_info", of: part.corp)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await play.registry.components.authorizationQueue.drain() }
                await gate.waitForCall()
                try await play.others[0].codeQueue.drain()
                gate.open()
                try await group.waitForAll()
            }
            try await play.work()
            #expect(try await play.faults(parts) == [])
            let revisions = try await play.registry.send(.get, "idps/\(part.provider)/revisions")["items"].array
            let since = revisions.prefix { $0["revision"] != revision }
            #expect(since.allSatisfy { $0["changes"]["authorization"]["to"]["state"] != "revoked" })
        }
    }
}
