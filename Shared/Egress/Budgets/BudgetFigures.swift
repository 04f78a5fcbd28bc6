public import BackgroundWork
import Postgres

extension EgressSchema {
    /// `wecom_budget_used_percent`: of each kind of budget, how much of it whoever is nearest to its limit has used in the
    /// present window; what is left of it is the rest.
    ///
    /// - Parameter schema: Whose migrations include ``migrationSQL(schema:)``.
    public static func budgets(schema: String) -> DatabaseFigures.Figure {
        DatabaseFigures.Figure(
            "wecom.budget.used.percent",
            by: "budget",
            values: ["address", "corp", "findings"].flatMap { ["\($0) minute", "\($0) hour"] },
            """
            select kind, max(percent) from (
                select split_part(subject, '/', 1) || case seconds when 60 then ' minute' else ' hour' end as kind,
                    used * 100 / greatest(most, 1) as percent
                from \(identifier: schema, "call_budgets")
                where started_at > now() - make_interval(secs => seconds)
            ) as used group by kind
            """
        )
    }
}
