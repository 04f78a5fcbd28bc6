import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct RepublishTests {
    @Test("all configurations are told again as they are, deleted ones too, and nothing else changes")
    func all() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            for _ in 0..<60 { _ = try await registry.makeProvider(in: tenant) }
            let deleted = try await registry.makeConnectedProvider(in: tenant)
            _ = try await registry.deleteProvider(deleted)
            let connected = try await registry.makeConnectedProvider()
            let newest = try await registry.newestConfigurations()
            let (before, commands) = (
                try await registry.contents(), try await registry.published(TopicCatalogue.commands).count
            )
            try await registry.database.run("delete from registry.outbox where topic = 'idp.configuration.v1'")

            let answer = try await registry.send(.post, "configurations/republish")
            #expect(answer.status == 202)
            #expect(answer.json == ["configurations": 62, "clients": 0])
            let told = try await registry.published(TopicCatalogue.configuration)
            #expect(told.count == 62)
            #expect(told.allSatisfy { $0.header("ce_type") == IdentityProviderConfiguration.type.rawValue })
            #expect(try await registry.newestConfigurations() == newest)
            #expect(newest[connected.description]?.isConnected == true)
            #expect(newest[deleted.description]?.status == .deleted)
            #expect(try await registry.published(TopicCatalogue.commands).count == commands)
            let after = try await registry.contents()
            #expect(after.filter { !before.contains($0) }.count == 1, "the audit's entry")
            let entry = try await registry.send(.get, "audit?limit=1")["items"][0]
            #expect(entry["action"] == "configurations.republished")
            #expect(entry["actor"]["kind"] == "bootstrap")
        }
    }

    @Test("one that cannot be read is left out, and the others are told")
    func unreadable() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let (bad, good) = (
                try await registry.makeProvider(in: tenant), try await registry.makeProvider(in: tenant)
            )
            try await registry.spoil(bad)
            try await registry.database.run("delete from registry.outbox")
            #expect(
                try await registry.send(.post, "configurations/republish").json == ["configurations": 1, "clients": 0]
            )
            #expect(try await registry.published(TopicCatalogue.configuration).map(\.key) == [good.description])
        }
    }
}

extension TestRegistry {
    /// The last configuration that was told of each identity provider.
    fileprivate func newestConfigurations() async throws -> [String: IdentityProviderConfiguration] {
        try await published(TopicCatalogue.configuration).reduce(into: [:]) { newest, record in
            newest[record.key ?? ""] = try record.decode(IdentityProviderConfiguration.self)
        }
    }

    /// Makes a configuration unreadable, as somebody else's hand might.
    func spoil(_ id: IdentityProviderID) async throws {
        try await database.run(
            """
            update registry.identity_providers set configuration = jsonb_set(configuration, '{cycleHours}', '25')
            where id = \(id.uuid)
            """
        )
    }
}
