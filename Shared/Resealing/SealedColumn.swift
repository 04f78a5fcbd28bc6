public import Postgres
public import Sealing

/// A column of sealed secrets, one a row.
public struct SealedColumn: SealedPlace {
    /// What reports call it.
    public let name: String
    private let database: Database
    private let table: SQL
    private let column: SQL
    private let owner: SQL
    private let context: @Sendable (String) -> String

    /// So many pages of the table are read at once: some hundred rows at most.
    private static let pagesAtOnce = 16

    /// - Parameters:
    ///   - name: What reports call it.
    ///   - table: `registry.webhooks`.
    ///   - column: `secret`; a null holds none.
    ///   - owner: An expression of the row that says whose secret it is, as text: `id::text`.
    ///   - context: What the secret was sealed with, by its owner.
    public init(
        _ name: String,
        in database: Database,
        table: SQL,
        column: SQL,
        owner: SQL,
        context: @escaping @Sendable (String) -> String
    ) {
        self.name = name
        self.database = database
        self.table = table
        self.column = column
        self.owner = owner
        self.context = context
    }

    /// How many secrets there are, by the key that sealed them.
    public func counts() async throws -> [String: Int] {
        let rows = try await database.run(
            """
            select split_part(\(column), '.', 2), count(*) from \(table) where \(column) is not null group by 1
            """
        )
        return try rows.reduce(into: [:]) { counts, row in
            let (key, count) = try row.decode(String.self, Int.self)
            counts[key] = count
        }
    }

    /// From page to page of the table, so that no page is read twice however few of the rows open. A row that is written
    /// anew meanwhile may go to a page that was read; the next pass finds it.
    public func reseal(by keyID: String, with keys: SealingKeys) async throws {
        let name = table.text
        let pages = try await database.run(
            "select (pg_relation_size(\(name)::regclass) / current_setting('block_size')::bigint)::bigint"
        )[0].decode(Int.self)
        for page in stride(from: 0, through: pages, by: Self.pagesAtOnce) {
            try Task.checkCancellation()
            try await database.transaction { try reseal(from: page, by: keyID, with: keys, on: $0) }
        }
    }

    private func reseal(
        from page: Int,
        by keyID: String,
        with keys: SealingKeys,
        on connection: isolated Connection
    ) throws {
        let (first, end) = ("(\(page),0)", "(\(page + Self.pagesAtOnce),0)")
        let rows = try connection.run(
            """
            select ctid::text, \(owner), \(column) from \(table)
            where ctid >= \(first)::tid and ctid < \(end)::tid and split_part(\(column), '.', 2) <> \(keyID)
            """
        )
        for row in rows {
            let (place, owner, old) = try row.decode(String.self, String.self, String.self)
            guard let new = try? keys.reseal(SealedSecret(old), context: context(owner), by: keyID) else { continue }
            // Only what is still there as it was read: whoever wrote the row since has the last word.
            try connection.run(
                "update \(table) set \(column) = \(new.text) where ctid = \(place)::tid and \(column) = \(old)"
            )
        }
    }
}
