import Messages
import Postgres
import Runtime

/// What is the matter with identity providers of all tenants, and not over: what runs hold, runs that are late or fail, what
/// is in quarantine or lost its authorization.
struct ConditionStore: Sendable {
    let database: Database

    /// One page, oldest first.
    ///
    /// - Parameter kind: Only of this kind; nil for all.
    func list(_ page: Page, of kind: NotificationKind?) async throws -> Listing<OpenCondition> {
        let rows = try await database.run(
            """
            select \(OpenCondition.columns)
            from registry.conditions as known
            join registry.identity_providers as provider on provider.id = known.idp
            join registry.tenants as tenant on tenant.id = provider.tenant
            left join lateral (
                select finished_at from registry.runs
                where idp = provider.id and outcome in ('succeeded', 'partial', 'held') and not is_dry_run
                    and kind in ('full', 'departments', 'repair')
                order by epoch desc limit 1
            ) as success on true
            where known.settled_at is null and not provider.is_deleted and \(Self.isKind(kind))
                and \(try Self.isBehind(page.after))
            order by \(OpenCondition.microseconds), known.idp, known.kind limit \(page.rows)
            """
        )
        return Listing(try rows.map(OpenCondition.init), of: page) { $0.place.description }
    }

    private static func isKind(_ kind: NotificationKind?) -> SQL {
        guard let kind else { return "true" }
        return "known.kind = \(kind)"
    }

    private static func isBehind(_ cursor: String?) throws -> SQL {
        guard let cursor else { return "true" }
        guard let place = OpenCondition.Place(cursor) else {
            throw Problem.invalid([FieldError("cursor", "This cursor is another list's. Leave it out to begin anew.")])
        }
        return """
            (\(OpenCondition.microseconds), known.idp, known.kind)
                > (\(place.microseconds)::bigint, \(place.idp)::uuid, \(place.kind)::text)
            """
    }
}
