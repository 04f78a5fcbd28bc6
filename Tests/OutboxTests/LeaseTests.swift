import Kafka
import KafkaTesting
@testable import Outbox
import Postgres
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "\(TestDatabase.absence)"))
struct LeaseTests {
    private func claim(_ outbox: Outbox, _ database: Database, _ owner: String) async throws -> Lease? {
        try await database.withConnection { try Lease.claim(outbox, for: owner, length: .seconds(60), on: $0) }
    }

    @Test("one has the lease at a time, another gets it with the next fence when it has run out, not before")
    func expiry() async throws {
        try await withOutbox { outbox, database in
            let first = try #require(try await claim(outbox, database, "a"))
            #expect(try await claim(outbox, database, "b") == nil)
            let left = try await database.run(
                "select extract(epoch from expires_at - now())::float8 from shop.outbox_relay"
            )
            #expect((1...60).contains(try left[0].decode(Double.self)))
            try await database.run("update shop.outbox_relay set expires_at = expires_at - interval '1 minute'")
            let second = try await claim(outbox, database, "b")
            #expect(second?.fence == first.fence + 1)
            #expect(second?.outboxID == first.outboxID)
        }
    }

    @Test("a lease that was taken while the clock was a day fast is nobody's, and its holder is shut out")
    func clockSetBack() async throws {
        try await withOutbox { outbox, database in
            let first = try #require(try await claim(outbox, database, "a"))
            try await database.run("update shop.outbox_relay set expires_at = now() + interval '1 day'")
            let second = try await claim(outbox, database, "b")
            #expect(second?.fence == first.fence + 1)
            await #expect(throws: LeaseTaken.self) { try await database.withConnection { try first.renew(on: $0) } }
        }
    }

    @Test("where records come without end, the relay comes back once in a lease, so that somebody can look how it does")
    func comesBack() async throws {
        try await withOutbox { outbox, database in
            try await database.append(0..<600, to: "t", outbox)
            let parts = OutboxRelay.Parts(
                outbox: outbox,
                connection: database.makeConnection(),
                makePublisher: { _ in SlowPublisher() },
                leaseLength: shortLease,
                observe: { _ in },
                logger: quietest
            )
            var tenure = try #require(try await Tenure.begin(parts))
            let isDoneAtOnce = try await tenure.drain()
            #expect(!isDoneAtOnce)
            #expect(try await database.waiting(in: outbox) == 100)
            var isDone = false
            while !isDone { isDone = try await tenure.drain() }
            #expect(try await database.waiting(in: outbox) == 0)
            await tenure.end()
            await parts.connection.close()
        }
    }

    /// Takes a little longer for each batch than a lease holds.
    private struct SlowPublisher: Publisher {
        func publish(_ records: [OutgoingRecord]) async throws {
            try await Task.sleep(for: shortLease + .milliseconds(50))
        }
    }

    @Test("a renewed lease does not run out, and one that ran out is still its owner's while nobody took it")
    func renewal() async throws {
        try await withOutbox { outbox, database in
            let lease = try #require(try await claim(outbox, database, "a"))
            try await database.run("update shop.outbox_relay set expires_at = now() - interval '1 second'")
            try await database.withConnection { try lease.renew(on: $0) }
            #expect(try await claim(outbox, database, "b") == nil)
        }
    }

    @Test("whoever lost the lease deletes nothing, sets nothing aside, and does not give away another's")
    func lost() async throws {
        try await withOutbox { outbox, database in
            try await database.append(0..<2, to: "t", outbox)
            let old = try #require(try await claim(outbox, database, "a"))
            let entries = try await database.withConnection { try outbox.oldest(on: $0) }
            try await database.run("update shop.outbox_relay set expires_at = now() - interval '1 second'")
            let new = try #require(try await claim(outbox, database, "b"))
            let attempts: [@Sendable (isolated Connection) throws -> Void] = [
                { try old.renew(on: $0) }, { try old.delete(entries.map(\.id), on: $0) },
                { try old.refuse(entries[0], because: "late", on: $0) },
            ]
            for attempt in attempts {
                await #expect(throws: LeaseTaken.self) { try await database.withConnection(attempt) }
            }
            try await database.withConnection { try old.release(on: $0) }
            #expect(try await claim(outbox, database, "c") == nil)
            #expect(try await database.waiting(in: outbox) == 2)
            #expect(try await database.run("select from shop.outbox_refused").isEmpty)
            try await database.withConnection { try new.delete(entries.map(\.id), on: $0) }
            #expect(try await database.waiting(in: outbox) == 0)
        }
    }

    @Test("a lease that was given up, or that is the same relay's own, is there at once")
    func release() async throws {
        try await withOutbox { outbox, database in
            let first = try #require(try await claim(outbox, database, "a"))
            let again = try #require(try await claim(outbox, database, "a"))
            #expect(again.fence == first.fence + 1)
            try await database.withConnection { try again.release(on: $0) }
            #expect(try await claim(outbox, database, "b") != nil)
        }
    }
}
