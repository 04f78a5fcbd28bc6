import Messages
import Postgres

/// Keeps the ``PageSet`` of each identity provider: `fetcher.page_sets`, `fetcher.answers` and `fetcher.pages`.
///
/// A set is written once, when a run has sent all that it read, and holds for the very next run alone.
struct PageSetStore: Sendable {
    let database: Database
    /// How long pages may stand for what once travelled, before all travel again; zero for never.
    let lifetime: Duration

    private var seconds: Double { lifetime / .seconds(1) }

    /// What a run can go on from: the pages of the run that the directory is known to hold, read in the same
    /// way.
    ///
    /// - Returns: `nil` when all has to travel.
    /// - Throws: `PostgresError`.
    func load(for run: QueuedRun, read way: PageSet.Way) async throws -> PageSet? {
        guard let basis = run.basis, lifetime > .zero else { return nil }
        let idp = run.identityProvider.uuid
        return try await database.transaction { connection in
            let usable = try connection.run(
                """
                select from fetcher.page_sets
                where idp = \(idp) and epoch = \(basis.rawValue) and mapping = \(way.mapping.rawValue)
                    and scope = \(way.scope.bytes) and corp = \(way.corp) and agent = \(way.agent)
                    and complete_at > now() - make_interval(secs => \(seconds))
                """
            )
            guard !usable.isEmpty else { return nil }
            var parts: [Int64: [PageSet.Part]] = [:]
            try connection.forEachRow(
                "select department, digest, user_keys from fetcher.pages where idp = \(idp) order by department, part"
            ) { row in
                guard let keys = try row.withBytes(2, { ContentDigest.list($0) }) else {
                    throw PostgresError(.decodingFailure, "the digests of a page are cut off")
                }
                let part = PageSet.Part(digest: try row.digest(1), keys: keys)
                parts[try row.int64(0), default: []].append(part)
            }
            var set = PageSet()
            try connection.forEachRow("select department, digest from fetcher.answers where idp = \(idp)") { row in
                let department = try row.int64(0)
                set.answers[department] = PageSet.Answer(
                    digest: try row.digest(1),
                    parts: parts[department] ?? []
                )
            }
            return set
        }
    }

    /// Remembers what a run has read, all of which is with the brokers, for as long as the lease is held.
    ///
    /// - Parameter plan: The departments that were read.
    /// - Throws: ``LeaseLost``, `PostgresError`.
    func save(_ update: PageSetUpdate, plan: [Int64], under lease: Lease) async throws {
        guard lifetime > .zero else { return }
        let idp = lease.run.identityProvider.uuid
        let outdated = update.outdated(by: plan)
        try await database.transaction { connection in
            if update.known == nil {
                try connection.run("delete from fetcher.page_sets where idp = \(idp)")
            } else if !outdated.isEmpty {
                try connection.run(
                    "delete from fetcher.answers where idp = \(idp) and department = any(\(outdated)::bigint[])"
                )
            }
            try connection.run(
                """
                insert into fetcher.page_sets (idp, epoch, mapping, scope, corp, agent, complete_at)
                values (
                    \(idp), \(lease.run.epoch.rawValue), \(update.way.mapping.rawValue), \(update.way.scope.bytes),
                    \(update.way.corp), \(update.way.agent), now()
                )
                on conflict (idp) do update set epoch = excluded.epoch
                """
            )
            try Self.copy(update.changed, of: lease.run.identityProvider, on: connection)
            try LeaseStore.requireHeld(lease, on: connection)
        }
    }

    /// Which sets no run can go on from any more.
    var isOutdated: SQL { "complete_at < now() - make_interval(secs => \(seconds))" }

    private static func copy(
        _ answers: [Int64: PageSet.Answer],
        of identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        guard !answers.isEmpty else { return }
        let idp = identityProvider.uuid
        let answers = answers.sorted { $0.key < $1.key }
        try connection.copy("copy fetcher.answers (idp, department, digest) from stdin (format binary)", answers) {
            $0.beginRow(columns: 3)
            $0.append(idp)
            $0.append($1.key)
            $0.append(bytes: $1.value.digest.bytes)
        }
        try connection.copy(
            "copy fetcher.pages (idp, department, part, digest, user_keys) from stdin (format binary)",
            answers
        ) { rows, answer in
            for (number, part) in answer.value.parts.enumerated() {
                rows.beginRow(columns: 5)
                rows.append(idp)
                rows.append(answer.key)
                rows.append(Int32(number))
                rows.append(bytes: part.digest.bytes)
                rows.append(bytes: ContentDigest.bytes(of: part.keys))
            }
        }
    }
}

extension RowView {
    fileprivate func digest(_ column: Int) throws -> ContentDigest {
        let (high, low) = try words(column)
        return ContentDigest(high: high, low: low)
    }
}
