public import Postgres

extension PositionCheck.Row {
    /// Every row of a suite that has an epoch, a fence or what counts like one, at one moment.
    ///
    /// - Parameters:
    ///   - limit: A look that takes longer tells of no moment.
    ///   - byLife: Whether a directory that was emptied and reads its log again is another one.
    public static func all(
        in database: Database,
        within limit: Duration,
        byLife: Bool = false
    ) async throws -> [PositionCheck.Row] {
        let life: SQL = byLife ? "(select ' in ' || id from directory.incarnation)" : "''"
        let rows = try await database.run(
            """
            select 'directory ' || idp_id || \(life), epoch, fence from directory.sources
            union all select 'fence of ' || idp, fence, 0 from fetcher.leases
            union all select 'epoch asked of ' || idp, epoch, 0 from fetcher.leases
            union all select 'principals ' || idp_id || ' ' || incarnation, epoch, sequence from verifier.projection
            union all select 'fence in the registry of ' || id, fence, 0 from registry.runs
            union all select 'revision of ' || id, revision, 0 from registry.identity_providers
            """,
            within: limit
        )
        return try rows.map { row in
            let (name, major, minor) = try row.decode(String.self, Int64.self, Int64.self)
            return PositionCheck.Row(name: name, major: major, minor: minor)
        }
    }
}
