import FoundationEssentials
import Messages
import Postgres
import Runtime

/// The runs, of which each identity provider has at most one active; the others wait, as few as do all that is asked for.
struct RunStore: Sendable {
    let ledger: Ledger

    /// One run. Throws 404 when there is none, or none that the caller sees.
    func find(_ id: RunID, for caller: Caller) async throws -> Run {
        let rows = try await ledger.database.run(
            """
            select \(Run.columns) from registry.runs
            where id = \(id) and (\(caller.tenant)::uuid is null or tenant = \(caller.tenant)::uuid)
            """
        )
        guard let row = rows.first else { throw Problem.noRun }
        return try Run(row)
    }

    /// An identity provider's runs, newest first.
    func list(_ page: Page, of id: IdentityProviderID) async throws -> Listing<Run> {
        let rows = try await ledger.database.run(
            """
            select \(Run.columns) from registry.runs
            where idp = \(id) and (\(try page.afterNumber)::bigint is null or epoch < \(try page.afterNumber)::bigint)
            order by epoch desc limit \(page.rows)
            """
        )
        return Listing(try rows.map { try Run($0).withoutReports }, of: page) { $0.epoch.description }
    }

    /// The runs of an identity provider that are not over: the active one first.
    static func unfinished(of id: IdentityProviderID, on connection: isolated Connection) throws -> [Run] {
        let rows = try connection.run(
            """
            select \(Run.columns) from registry.runs
            where idp = \(id) and state <> 'finished' order by epoch for update
            """
        )
        return try rows.map(Run.init)
    }
}

extension Problem {
    /// 404, also for a run that is not the caller's to see.
    static let noRun = Problem.notFound("There is no run with this id.")
}
