import Foundation
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import PostgresTesting
import Testing

@testable import Rebuild

/// A database with words, and a topic that tells them.
struct WordsWorld: Sendable {
    let database: Database
    let url: String
    let whims = Words.Whims()
    private let cluster: MockCluster
    private let producer: Producer

    private init(_ database: Database, _ url: String, _ cluster: MockCluster) throws {
        self.database = database
        self.url = url
        self.cluster = cluster
        producer = try Producer(settings: cluster.settings, logger: Broker.quiet)
    }

    /// Runs `body` with an empty topic, or none, and no words yet.
    static func with(hasTopic: Bool = true, _ body: (WordsWorld) async throws -> Void) async throws {
        let cluster = MockCluster()
        let topic = TopicCatalogue.directoryRecords.name
        // The mock cluster makes a topic that it is asked for, unless it is told otherwise.
        if hasTopic { try cluster.createTopic(topic) } else { cluster.failTopic(topic, with: .unknownTopic) }
        try await withTestDatabase { database, url in
            try await database.withConnection { try $0.execute(Words.migrationSQL) }
            try await body(WordsWorld(database, url, cluster))
        }
    }

    var rebuilding: Rebuilding<Words> { rebuilding(patience: .seconds(30)) }

    func rebuilding(patience: Duration) -> Rebuilding<Words> {
        Rebuilding(
            Words(database: database, whims: whims),
            settings: StageSettings(kafka: cluster.settings),
            patience: patience,
            logger: Broker.quiet
        )
    }

    /// Has the topic tell a word, and the service keep another one, or none.
    func tell(_ word: String, live: String?, of id: IdentityProviderID = .make()) async throws -> IdentityProviderID {
        let key = id.uuid.uuidString
        _ = try await producer.send(
            OutgoingRecord(topic: TopicCatalogue.directoryRecords.name, key: key, value: Array(word.utf8))
        )
        if let live { try await database.run("insert into words.live values (\(id.uuid), \(live))") }
        return id
    }

    /// The next attempt of the rebuild that is under way, with empty tables.
    func beginAttempt() async throws -> RebuildAttempt {
        let begun = try await rebuilding.begin()
        let attempt = try #require(begun)
        try await rebuilding.prepare(attempt)
        return attempt
    }

    /// Reads a word into the tables of an attempt.
    func fill(_ attempt: RebuildAttempt) async throws {
        let position = Position(topic: TopicCatalogue.directoryRecords.name, partition: 0, offset: 0)
        var tables = rebuilding.subject.tables(for: attempt)
        let key = Array(UUID().uuidString.utf8)
        try await tables.take([Record(position: position, key: key, value: [0x61])])
    }

    func status() async throws -> RebuildStatus<Words.Comparison> {
        let status = try await rebuilding.status()
        return try #require(status)
    }

    func words(in table: SQL = "words.live") async throws -> [String] {
        try await database.run("select word from \(table) order by word").decode(String.self)
    }

    /// Whether nothing is left of what was read.
    func isEmpty() async throws -> Bool { try await words(in: "words.beside").isEmpty }
}
