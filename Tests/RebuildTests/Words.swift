import Failures
import Foundation
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import PostgresTesting
import Synchronization

@testable import Rebuild

/// A service that keeps the last word of each identity provider, and makes its words once more from a topic.
struct Words: RebuildSubject {
    /// Both words, where they differ.
    struct Comparison: Codable, Equatable, Sendable {
        var live: String?
        var rebuilt: String?
    }

    let name = "words"
    let schema = "words"
    let topic = TopicCatalogue.directoryRecords
    let sentences = RebuildSentences(underWay: "The words are being rebuilt.", unasked: "They never were.")
    let database: Database
    let whims: Whims

    /// All of it by names with the schema, as connections have none of their own.
    static let migrationSQL = """
        create schema words;
        \(RebuildSchema.migrationSQL(prefix: "words."))
        create table words.live (idp_id uuid primary key, word text not null);
        create table words.beside (idp_id uuid primary key, word text not null);
        create table words.told (idp_id uuid, results bigint);
        """

    func makeTables() async throws {
        if whims.now.makesNoTables { throw Whims.Refused() }
    }

    func emptyTables(on connection: isolated Connection) throws {
        try connection.run("truncate words.beside")
    }

    func tables(for attempt: RebuildAttempt) -> Tables {
        Tables(attempt: attempt, database: database, whims: whims)
    }

    func identityProviders(on connection: isolated Connection) throws -> Set<IdentityProviderID> {
        let rows = try connection.run("select idp_id from words.live union select idp_id from words.beside")
        return Set(try rows.decode(UUID.self).map { IdentityProviderID($0) })
    }

    func settle(
        _ id: IdentityProviderID,
        from tables: Tables,
        for attempt: RebuildAttempt,
        on connection: isolated Connection
    ) throws -> RebuildSettlement<Comparison>? {
        if whims.now.isSlow { try connection.run("select pg_sleep(0.3)") }
        if whims.isApart(id) { return nil }
        let live = try word(of: id, in: "words.live", on: connection)
        let rebuilt = try word(of: id, in: "words.beside", on: connection)
        let comparison = Comparison(live: live, rebuilt: rebuilt)
        guard live != rebuilt, attempt.switches else {
            return RebuildSettlement(RebuildResult(of: id, live == rebuilt ? .equal : .different, comparison))
        }
        try connection.run("delete from words.live where idp_id = \(id.uuid)")
        try connection.run("insert into words.live select * from words.beside where idp_id = \(id.uuid)")
        return RebuildSettlement(RebuildResult(of: id, .switched, comparison)) { connection in
            try connection.run(
                "insert into words.told select \(id.uuid)::uuid, count(*) from words.rebuild_results"
            )
        } afterwards: { [whims] in
            whims.change { $0.told.append(id) }
        }
    }

    func refusal(of id: IdentityProviderID) -> RebuildResult<Comparison> {
        RebuildResult(refused: id, because: "they are apart", remedy: "wait")
    }

    private func word(
        of id: IdentityProviderID,
        in table: SQL,
        on connection: isolated Connection
    ) throws -> String? {
        try connection.run("select word from \(table) where idp_id = \(id.uuid)").first?.decode(String.self)
    }
}

extension Words {
    /// The words as the topic tells them.
    struct Tables: RebuiltTables {
        let attempt: RebuildAttempt
        let database: Database
        let whims: Whims

        mutating func take(_ records: [Record]) async throws {
            let attempt = attempt
            try await database.transaction { connection in
                try attempt.hold(on: connection)
                for record in records {
                    let (key, value) = (record.key ?? [], record.value ?? [])
                    try connection.run(
                        """
                        insert into words.beside
                        values (\(String(decoding: key, as: UTF8.self))::uuid, \(String(decoding: value, as: UTF8.self)))
                        on conflict (idp_id) do update set word = excluded.word
                        """
                    )
                }
            }
            if whims.now.takesNothing { throw Whims.Refused() }
            if whims.now.isAway { throw Whims.Away() }
        }
    }

    /// What goes wrong, and what was told after a switch.
    final class Whims: Sendable {
        struct State {
            var makesNoTables = false
            var takesNothing = false
            var isAway = false
            /// Whether each look takes a while.
            var isSlow = false
            /// How often each is still looked at before both are equally far.
            var looks: [IdentityProviderID: Int] = [:]
            var told: [IdentityProviderID] = []
        }

        struct Refused: Error, CustomStringConvertible {
            var description: String { "refused" }
        }

        struct Away: ClassifiedFailure, CustomStringConvertible {
            let failureClass = FailureClass.transient
            var description: String { "it is away" }
        }

        private let state = Mutex(State())

        /// As they are now.
        var now: State { state.withLock { $0 } }

        func change(_ change: (inout State) -> Void) {
            state.withLock { change(&$0) }
        }

        func isApart(_ id: IdentityProviderID) -> Bool {
            state.withLock { state in
                guard let looks = state.looks[id], looks > 0 else { return false }
                state.looks[id] = looks - 1
                return true
            }
        }
    }
}
