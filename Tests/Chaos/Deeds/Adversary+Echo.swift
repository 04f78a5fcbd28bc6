import Kafka
import Messages
import Postgres
import SuiteTesting

extension Adversary {
    /// What services read of an identity provider; its configuration is a table, which nothing older may overwrite.
    private static let echoed = [
        TopicCatalogue.commands, TopicCatalogue.wecomRecords, TopicCatalogue.directoryRecords,
        TopicCatalogue.directoryChanges, TopicCatalogue.progress,
    ]
    /// Records of one topic, at most.
    private static let longest = 300

    /// A part of what was said of a tenant is said once more, as when a network or a producer gives it late; never the
    /// last of it, so that all of it is old.
    func echo(_ fault: Fault) async throws {
        let (_, connected) = try tenant(of: fault)
        var random = SeededGenerator(seed: fault.seed)
        for topic in Self.echoed.shuffled(using: &random) {
            let said = try await records(about: connected, on: topic)
            guard said.count > 1 else { continue }
            let start = Int.random(in: 0..<said.count - 1, using: &random)
            try await say(said[start..<min(start + Self.longest, said.count - 1)])
        }
    }

    /// Who works on an identity provider's run.
    struct Holder: Sendable {
        let owner: String
        let run: String
        let epoch: Int64
        let fence: Int64

        /// Whether it wrote the record, or what it wrote became of it.
        func said(_ record: Record) -> Bool {
            record.header("ce_epoch") == "\(epoch)" && record.header("ce_fence") == "\(fence)"
        }
    }

    /// How slowly WeCom answers while a run changes hands: both have begun, and none has ended.
    private static let slowness = 8

    /// A holder stands still for as long as it takes another to begin, and all that it said comes once more then.
    func takeOver(_ fault: Fault) async throws {
        let (_, connected) = try tenant(of: fault)
        let copies = field.copies(of: .fetcher)
        guard copies.count > 1 else { throw Impossible(description: "nobody is there to take a run over") }
        let slow: JSON = ["path": "user/list", "kind": "delay", "seconds": .integer(Self.slowness)]
        let order = try await field.suite.simulator.order(slow, for: connected.corp)
        let result = await asyncResult {
            _ = try? await field.registry(1).startRun(of: connected.provider)
            let first = try await waitFor("a run's holder", within: .seconds(15), every: .milliseconds(50)) {
                try await holder(of: connected)
            }
            try await waitForBeginning(of: first, connected)
            guard let copy = copies.first(where: { first.owner.contains("\($0.victim)") }) else {
                throw Impossible(description: "\(first.owner) is none of the fetchers")
            }
            copy.process.hold()
            let late = await asyncResult { try await hearLate(first, connected) }
            copy.process.letGo()
            try late.get()
        }
        // It may be used up.
        try? await field.suite.simulator.withdraw(order)
        try result.get()
    }

    private func hearLate(_ first: Holder, _ connected: ConnectedTenant) async throws {
        let second = try await waitFor("another holder", within: .seconds(20), every: .milliseconds(50)) {
            try await holder(of: connected).flatMap { $0.run == first.run && $0.fence > first.fence ? $0 : nil }
        }
        try await waitForBeginning(of: second, connected)
        for topic in [TopicCatalogue.wecomRecords, TopicCatalogue.directoryRecords] {
            try await say(try await records(about: connected, on: topic).filter(first.said)[...])
        }
    }

    /// Until the writer may have heard of the holder.
    private func waitForBeginning(of holder: Holder, _ connected: ConnectedTenant) async throws {
        _ = try await waitFor("the beginning of \(holder.owner)'s run", within: .seconds(15)) {
            let said = try await records(about: connected, on: TopicCatalogue.directoryRecords)
            return said.contains { holder.said($0) && $0.header("ce_type") == RunStarted.type.rawValue } ? true : nil
        }
    }

    private func holder(of connected: ConnectedTenant) async throws -> Holder? {
        let rows = try await field.suite.query(
            """
            select l.owner, l.run::text, i.epoch, l.fence from fetcher.leases l join fetcher.inbox i on i.run = l.run
            where l.idp = \(connected.provider.id)::uuid and l.owner is not null and l.expires_at > now()
                and i.kind = 'full'
            """
        )
        return try rows.first.map { row in
            let (owner, run, epoch, fence) = try row.decode(String.self, String.self, Int64.self, Int64.self)
            return Holder(owner: owner, run: run, epoch: epoch, fence: fence)
        }
    }

    private func records(about connected: ConnectedTenant, on topic: Topic) async throws -> [Record] {
        let id = connected.provider.id.lowercased()
        return try await field.suite.records(on: topic).filter { $0.header("ce_idpid")?.lowercased() == id }
    }

    private func say(_ records: ArraySlice<Record>) async throws {
        let producer = try Producer(
            settings: field.suite.brokerSettings.merging(["message.timeout.ms": "20000"]) { $1 },
            logger: quietLogger()
        )
        try await producer.send(
            records.map { record in
                OutgoingRecord(
                    topic: record.position.topic,
                    key: record.key.map { String(decoding: $0, as: UTF8.self) },
                    value: record.value,
                    headers: record.headers
                )
            }
        )
    }
}
