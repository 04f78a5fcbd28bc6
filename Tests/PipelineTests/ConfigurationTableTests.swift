import Kafka
import KafkaTesting
import Logging
import Messages
import Pipeline
import Runtime
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS"))
struct ConfigurationTableTests {
    let first = IdentityProviderID.make()
    let second = IdentityProviderID.make()
    let third = IdentityProviderID.make()

    func configuration(_ id: IdentityProviderID, _ revision: Int64) throws -> IdentityProviderConfiguration {
        IdentityProviderConfiguration(
            id: id,
            tenant: .make(),
            enterpriseID: .make(),
            revision: Revision(rawValue: revision),
            name: try IdentityProviderName("wecom"),
            description: "WeCom"
        )
    }

    func record(_ id: IdentityProviderID, _ revision: Int64, in site: Site) throws -> OutgoingRecord {
        try record(try configuration(id, revision), in: site)
    }

    func record(_ configuration: IdentityProviderConfiguration, in site: Site) throws -> OutgoingRecord {
        let envelope = Envelope(
            type: IdentityProviderConfiguration.type,
            source: "test",
            tenant: configuration.tenant,
            identityProvider: configuration.id
        )
        return try OutgoingRecord(configuration, envelope: envelope, in: site.namespace)
    }

    @Test("it is current once it has read what was there, and follows what comes")
    func follows() async throws {
        try await Site.broker(partitions: 3) { site in
            try await site.producer.send([try record(first, 1, in: site), try record(second, 1, in: site)])
            let readiness = Readiness()
            let table = ConfigurationTable(settings: site.settings, readiness: readiness, logger: Broker.quiet)
            #expect(!readiness.isReady)
            try await running([table]) {
                try await table.waitUntilCurrent()
                #expect(Set(table.all.map(\.id)) == [first, second])
                #expect(readiness.isReady)
                let changes = table.changes()
                try await site.producer.send([try record(third, 1, in: site)])
                for await new in changes {
                    #expect(new.id == third)
                    break
                }
                #expect(table.configuration(third)?.revision == Revision(rawValue: 1))
            }
        }
    }

    @Test("it is current at once where the topic is empty")
    func empty() async throws {
        try await Site.broker { site in
            let table = ConfigurationTable(settings: site.settings, logger: Broker.quiet)
            try await running([table]) { try await table.waitUntilCurrent() }
            #expect(table.all.isEmpty)
        }
    }

    @Test("a deleted identity provider stays as what it is, and no older revision brings it back")
    func deletion() async throws {
        try await Site.broker { site in
            let deleted = try configuration(first, 3).deleted(as: Revision(rawValue: 4))
            try await site.producer.send([
                try record(first, 3, in: site), try record(deleted, in: site), try record(first, 3, in: site),
                try record(second, 1, in: site),
            ])
            let table = ConfigurationTable(settings: site.settings, logger: Broker.quiet)
            try await running([table]) {
                try await table.waitUntilCurrent()
                #expect(table.configuration(first) == deleted)
                let known = try await table.wait(for: first, revision: Revision(rawValue: 3), within: .zero)
                #expect(known.status == .deleted)
            }
        }
    }

    @Test("an absence says nothing: a tombstone, an empty topic or a record that cannot be read take nobody away")
    func absence() async throws {
        try await Site.broker { site in
            let table = ConfigurationTable(settings: site.settings, logger: Broker.silent)
            try await running([table]) {
                try await table.waitUntilCurrent()
                var broken = try record(first, 2, in: site)
                broken.value = Array("{".utf8)
                let tombstone = OutgoingRecord(topic: broken.topic, key: first.description, value: nil)
                try await site.producer.send([
                    try record(first, 1, in: site), tombstone, broken, try record(second, 1, in: site),
                ])
                _ = try await table.wait(for: second, revision: Revision(rawValue: 1), within: .seconds(20))
                #expect(table.configuration(first)?.revision == Revision(rawValue: 1))
            }
        }
    }

    @Test("a revision never goes down, and what cannot be read is left out")
    func revisions() async throws {
        try await Site.broker { site in
            var broken = try record(first, 9, in: site)
            broken.value = Array("{".utf8)
            var foreign = try record(first, 10, in: site)
            foreign.headers = []
            try await site.producer.send([
                try record(first, 3, in: site), try record(first, 2, in: site), broken, foreign,
                OutgoingRecord(topic: broken.topic, key: "no identifier", value: nil),
                try record(second, 1, in: site),
            ])
            let table = ConfigurationTable(settings: site.settings, logger: Broker.silent)
            try await running([table]) { try await table.waitUntilCurrent() }
            #expect(table.configuration(first)?.revision == Revision(rawValue: 3))
            #expect(table.configuration(second) != nil)
        }
    }

    @Test("a revision can be waited for, for so long")
    func waits() async throws {
        try await Site.broker { site in
            let table = ConfigurationTable(settings: site.settings, logger: Broker.quiet)
            try await running([table]) {
                try await table.waitUntilCurrent()
                async let waiting = table.wait(for: first, revision: Revision(rawValue: 2), within: .seconds(20))
                try await site.producer.send([try record(first, 1, in: site)])
                try await site.producer.send([try record(first, 2, in: site)])
                #expect(try await waiting.revision == Revision(rawValue: 2))
                let known = try await table.wait(for: first, revision: Revision(rawValue: 1), within: .zero)
                #expect(known.revision == Revision(rawValue: 2))
                let error = await #expect(throws: ConfigurationNotSeen.self) {
                    try await table.wait(for: first, revision: Revision(rawValue: 3), within: .milliseconds(50))
                }
                #expect(error?.latest == Revision(rawValue: 2))
            }
            await #expect(throws: CancellationError.self) {
                try await table.wait(for: second, revision: Revision(rawValue: 1), within: .seconds(20))
            }
        }
    }

    @Test("a stage reads nothing before the table is current")
    func stageWaits() async throws {
        try await Site.broker { site in
            try await site.write(0..<5)
            let table = ConfigurationTable(settings: site.settings, logger: Broker.quiet)
            let recorder = Recorder(start: { _, _ in
                #expect(table.isCurrent)
                return [:]
            })
            try await site.producer.send([try record(first, 1, in: site)])
            try await running([table, site.makeStage(recorder, after: table)]) {
                try await eventually("all") { recorder.seen.count == 5 }
            }
        }
    }

    @Test("a stage whose table never becomes current stops when asked to")
    func stageStops() async throws {
        try await Site.broker { site in
            let table = ConfigurationTable(settings: site.settings, logger: Broker.quiet)
            try await running([site.makeStage(Recorder(), after: table)]) {}
        }
    }
}

extension Broker {
    /// For tests in which things go wrong on purpose.
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
