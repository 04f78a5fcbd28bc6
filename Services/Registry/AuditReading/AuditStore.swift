import Messages
import Postgres

/// The audit, newest entry first.
struct AuditStore: Sendable {
    let database: Database

    /// One page of what the caller may know of.
    func list(_ page: Page, _ filter: AuditFilter, for caller: Caller) async throws -> Listing<AuditItem> {
        let items = try await entries(filter, after: try page.afterNumber, upTo: page.rows, for: caller)
        return Listing(items, of: page) { String($0.id) }
    }

    /// Entries that follow one, in the order of the list.
    ///
    /// - Parameter last: The entry after which to go on; nil for the newest.
    func entries(
        _ filter: AuditFilter,
        after last: Int64?,
        upTo count: Int,
        for caller: Caller
    ) async throws -> [AuditItem] {
        var condition = filter.condition(for: caller)
        if let last { condition = condition + " and id < \(last)" }
        return try await database.run(
            "select \(AuditItem.columns) from registry.audit where \(condition) order by id desc limit \(count)"
        ).map(AuditItem.init)
    }
}
