import FoundationEssentials
import Messages
import Pipeline
import Postgres

/// What outboxes and background work of a database have set aside, as far as the role of the connection sees it.
struct RowSource: Sendable {
    let database: Database

    /// A table in which rows are set aside.
    private struct Table {
        let schema: String
        let name: String
        /// The column that tells a row from all others.
        let key: String
        let isOutbox: Bool

        var place: String { "\(schema).\(name)" }
        var sql: SQL { "\(identifier: schema, name)" }
        var keySQL: SQL { "\(identifier: key)" }
    }

    private static let advice = (
        outbox: "The brokers refuse it for good: raise what they take, then redrive; else discard it.",
        work: "It can never be done as it stands: see the text, mend that, then redrive."
    )

    /// Of a topic that keeps each key's last message for ever: published now, an older state would be that.
    private static let obstacle = """
        a later state may be told since, whose place it would take for ever: discard it, then have the present one told by \
        bridgectl configuration republish
        """
    private static let states = Set(
        TopicCatalogue.streams.filter { $0.retention == .compacted }.flatMap(\.carries).map(\.rawValue)
    )

    /// All of them, oldest first.
    func items() async throws -> [SetAside] {
        var items: [SetAside] = []
        for table in try await tables() { items += try await rows(of: table) }
        return items.sorted { ($0.since, $0.id) < ($1.since, $1.id) }
    }

    /// Gives rows back to the outbox or the work that they came from, or deletes them.
    ///
    /// - Returns: How many it were.
    func settle(_ items: [SetAside], isRedrive: Bool, at pace: Pace) async throws -> Int {
        var (count, pace) = (0, pace)
        for table in try await tables() {
            let keys = items.filter { $0.place == table.place }.map { String($0.id.dropFirst(table.place.count + 1)) }
            for start in stride(from: 0, to: keys.count, by: pace.portion) {
                let portion = Array(keys[start..<min(start + pace.portion, keys.count)])
                try await pace.wait(for: portion.count)
                count += try await database.run(statement(table, portion, isRedrive))[0].decode(Int.self)
            }
        }
        return count
    }

    private func statement(_ table: Table, _ keys: [String], _ isRedrive: Bool) -> SQL {
        let meant: SQL = "\(table.keySQL)::text = any(\(keys)::text[])"
        let change: SQL =
            switch (table.isOutbox, isRedrive) {
            case (true, true):
                """
                with gone as (delete from \(table.sql) where \(meant) returning topic, key, headers, value, id),
                again as (
                    insert into \(identifier: table.schema, "outbox") (topic, key, headers, value)
                    select topic, key, headers, value from gone order by id returning 1
                ) select count(*) from again
                """
            case (false, true):
                """
                with again as (
                    update \(table.sql) set set_aside_at = null, attempts = 0, not_before = now(), claimed_until = null
                    where set_aside_at is not null and \(meant) returning 1
                ) select count(*) from again
                """
            case (true, false):
                "with gone as (delete from \(table.sql) where \(meant) returning 1) select count(*) from gone"
            case (false, false):
                """
                with gone as (delete from \(table.sql) where set_aside_at is not null and \(meant) returning 1)
                select count(*) from gone
                """
            }
        return change
    }

    /// By their columns, so that a service's next queue needs nothing here.
    private func tables() async throws -> [Table] {
        let rows = try await database.run(
            """
            select n.nspname::text, c.relname::text, a.attname::text, c.relname = 'outbox_refused'
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_index i on i.indrelid = c.oid and i.indisprimary and i.indnkeyatts = 1
            join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
            where c.relkind = 'r' and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
                and (c.relname = 'outbox_refused' or (
                    select count(*) = 4 from pg_attribute q where q.attrelid = c.oid
                        and q.attname in ('set_aside_at', 'attempts', 'not_before', 'claimed_until')))
            order by 1, 2
            """
        )
        return try rows.map { row in
            let (schema, name, key, isOutbox) = try row.decode(String.self, String.self, String.self, Bool.self)
            return Table(schema: schema, name: name, key: key, isOutbox: isOutbox)
        }
    }

    private func rows(of table: Table) async throws -> [SetAside] {
        let columns: SQL =
            table.isOutbox
            ? """
            select \(table.keySQL)::text, reason, 1, (extract(epoch from refused_at) * 1000)::bigint,
                headers::text from \(table.sql)
            """
            : """
            select \(table.keySQL)::text, coalesce(reason, ''), attempts,
                (extract(epoch from set_aside_at) * 1000)::bigint, '[]'::text
            from \(table.sql) where set_aside_at is not null
            """
        return try await database.run(columns).map { row in
            let (key, reason, attempts, since, headers) = try row.decode(
                String.self,
                String.self,
                Int.self,
                Int64.self,
                String.self
            )
            let named = Self.texts(of: headers)
            return SetAside(
                id: "\(table.place)/\(key)",
                place: table.place,
                code: table.isOutbox ? "refused-by-brokers" : "work-failed-for-good",
                advice: table.isOutbox ? Self.advice.outbox : Self.advice.work,
                reason: reason,
                type: named["ce_type"],
                tenant: named["ce_tenantid"],
                identityProvider: named["ce_idpid"],
                since: Timestamp(millisecondsSince1970: since),
                attempts: attempts,
                obstacle: named["ce_type"].map(Self.states.contains) == true ? Self.obstacle : nil
            )
        }
    }

    /// Headers that are texts, as an outbox keeps them: `[["name","text"], …]`.
    private static func texts(of json: String) -> [String: String] {
        let pairs = (try? JSONDecoder().decode([[String?]].self, from: Data(json.utf8))) ?? []
        return pairs.reduce(into: [:]) { texts, pair in
            if pair.count == 2, let name = pair[0], let text = pair[1] { texts[name] = text }
        }
    }
}
