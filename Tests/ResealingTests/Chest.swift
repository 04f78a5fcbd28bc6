import Foundation
import Postgres
import PostgresTesting
import Resealing
import Sealing

/// Secrets in a table, and copies of a service with keys of their own that keep them.
struct Chest: Sendable {
    let database: Database

    /// Runs `body` with an empty one in a database of its own.
    static func with(_ body: (Chest) async throws -> Void) async throws {
        try await withTestDatabase { database, _ in
            try await database.withConnection { try $0.execute(ResealingSchema.migrationSQL(schema: "public")) }
            try await database.run("create table secrets (id integer primary key, sealed text)")
            try await database.run("create table others (id integer primary key, sealed text)")
            try await body(Chest(database: database))
        }
    }

    /// The keys of those ids, in that order: `["k2", "k1"]`.
    static func keys(_ ids: [String]) throws -> SealingKeys {
        let entries = ids.map { id in
            let byte = id.utf8.reduce(UInt8(0)) { $0 &* 31 &+ $1 }
            return "\(id):" + Data(repeating: byte, count: 32).base64EncodedString()
        }
        return try SealingKeys(entries.joined(separator: ","))
    }

    /// A copy with those keys.
    func copy(_ ids: [String], travel: Duration = .zero) throws -> SealingRotation {
        SealingRotation(
            database: database,
            schema: "public",
            keys: try Self.keys(ids),
            places: [place("secrets"), place("others")],
            travel: travel
        )
    }

    func place(_ table: String) -> SealedColumn {
        let name = SQL(stringLiteral: table)
        return SealedColumn(table, in: database, table: name, column: "sealed", owner: "id::text") { "\(table)/\($0)" }
    }

    /// Has a copy with those keys keep a text, as a service does.
    func keep(_ text: String, as id: Int, in table: String = "secrets", by ids: [String]) async throws {
        let sealed = try Self.keys(ids).seal(Secret(text), context: "\(table)/\(id)").text
        try await database.run(
            """
            insert into \(identifier: table) (id, sealed) values (\(id), \(sealed))
            on conflict (id) do update set sealed = excluded.sealed
            """
        )
    }

    /// What is kept, opened by those keys.
    func contents(of table: String = "secrets", by ids: [String]) async throws -> [Int: String] {
        let keys = try Self.keys(ids)
        let rows = try await database.run("select id, sealed from \(identifier: table) where sealed is not null")
        return try rows.reduce(into: [:]) { contents, row in
            let (id, sealed) = try row.decode(Int.self, String.self)
            contents[id] = try keys.open(SealedSecret(sealed), context: "\(table)/\(id)").withValue { $0 }
        }
    }

    /// Asks a copy for a rotation.
    func begin(_ keyID: String, at copy: SealingRotation) async throws {
        try await database.transaction { try copy.begin(keyID, by: "test", on: $0) }
    }

    /// Has a copy with those keys be known as running, or as having run so long ago.
    func run(_ ids: [String], secondsAgo: Int = 0) async throws {
        try await database.run(
            """
            insert into sealing_copies (copy, key_ids, seen_at)
            values (gen_random_uuid(), \(ids), now() - make_interval(secs => \(secondsAgo)))
            """
        )
    }

    func stopAll() async throws { try await database.run("delete from sealing_copies") }
}

extension SealingStatus {
    /// How many secrets a key has sealed.
    func count(_ keyID: String) -> Int { secrets.filter { $0.keyID == keyID }.reduce(0) { $0 + $1.count } }

    func use(_ keyID: String) -> Key.Use? { keys.first { $0.keyID == keyID }?.use }
}
