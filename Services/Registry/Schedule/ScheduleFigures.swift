import BackgroundWork
import Postgres

/// How identity providers that are synchronised automatically do: `registry_providers` by how long ago the last run
/// was that brought everything it could, `registry_providers_state`, and `registry_runs` that are under way.
enum ScheduleFigures {
    typealias Figure = DatabaseFigures.Figure

    static let all = [lastSuccess, states, runs]

    static let lastSuccess = Figure(
        "registry.providers",
        by: "last_success",
        values: ["1h", "6h", "24h", "48h", "older", "never"],
        """
        select case
                when run.finished_at is null then 'never'
                when run.finished_at > now() - interval '1 hour' then '1h'
                when run.finished_at > now() - interval '6 hours' then '6h'
                when run.finished_at > now() - interval '24 hours' then '24h'
                when run.finished_at > now() - interval '48 hours' then '48h'
                else 'older'
            end, count(*)
        from registry.identity_providers as provider left join lateral (
            select finished_at from registry.runs
            where idp = provider.id and outcome in ('succeeded', 'partial', 'held') and not is_dry_run
                and kind in ('full', 'departments', 'repair')
            order by epoch desc limit 1
        ) as run on true
        where provider.next_run_at is not null
        group by 1
        """
    )

    static let states = Figure(
        "registry.providers.state",
        by: "state",
        values: ["scheduled", "quarantined"],
        """
        select case when quarantined_at is null then 'scheduled' else 'quarantined' end, count(*)
        from registry.identity_providers where next_run_at is not null group by 1
        """
    )

    static let runs = Figure(
        "registry.runs",
        by: "state",
        values: ["requested", "running"],
        "select state, count(*) from registry.runs where state in ('requested', 'running') group by state"
    )
}
