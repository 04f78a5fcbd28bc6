import BackgroundWork
import Logging
import Mapping
import Messages
import Metrics
import Postgres

/// Turns what WeCom told into runs: soon, and not one for each change (architecture.md §3).
///
/// While a run of the identity provider is active or waits, its hints are kept for the next one.
struct HintedRuns: Sendable {
    let runs: RunStore
    let settings: HintSettings

    /// First gathers storms, so that there is never more to store than a moment brings, then uses what is due.
    var steps: [Step] {
        [
            .each("storms of changes", of: storms) { id in
                try await runs.ledger.change { try HintStore.gather(of: id, on: $0) }
            },
            .each("hints of changes", of: due) { try await use($0) },
        ]
    }

    /// The identity providers of which too much is told to be read one by one.
    private func storms() async throws -> [IdentityProviderID] {
        try await runs.ledger.database.run(
            """
            select idp from registry.hints group by idp
            having count(*) > \(Hint.mostObjects) or bool_or(kind = 'everything')
                and (count(*) > 1 + \(Hint.mostRenamings) or count(*) filter (where renamed_to is null) > 1)
            """
        ).decode(IdentityProviderID.self)
    }

    /// The identity providers of which nothing was told for a moment, or something waits long enough.
    private func due() async throws -> [IdentityProviderID] {
        try await runs.ledger.database.run(
            """
            select idp from (
                select idp, min(first_at) as first_at, max(last_at) as last_at,
                    bool_or(kind = 'everything') and not bool_or(renamed_to is not null) as is_storm
                from registry.hints group by idp
            ) as told
            where (last_at <= \(ago(settings.quiet)) or first_at <= case when is_storm
                    then \(ago(settings.stormPatience)) else \(ago(settings.patience)) end)
                and (not is_storm or not exists (
                    select from registry.runs where idp = told.idp and kind = 'full' and cause = 'event'
                        and requested_at > \(ago(settings.rest))))
                and not exists (select from registry.runs where idp = told.idp and state <> 'finished')
                and exists (
                    select from registry.identity_providers where id = told.idp
                        and configuration ->> 'status' = 'enabled' and authorization_state = 'authorized'
                        and configuration ->> 'automaticSynchronization' = 'true' and quarantined_at is null)
            order by first_at limit 1000
            """
        ).decode(IdentityProviderID.self)
    }

    private func ago(_ duration: Duration) -> SQL { "now() - make_interval(secs => \(duration / .seconds(1)))" }

    /// Starts the run that an identity provider's hints call for, if nothing is in its way by now.
    private func use(_ id: IdentityProviderID) async throws {
        let used = try await runs.ledger.change { database -> UsedHints? in
            guard let provider = try IdentityProviderStore.lock(id, on: database),
                Trigger.event.obstacle(of: provider, to: .objects) == nil,
                try RunStore.unfinished(of: id, on: database).isEmpty
            else { return nil }
            let passed = try HintStore.forgetPassed(of: id, on: database)
            let hints = try HintStore.take(of: id, on: database)
            let work = RunWork(
                reading: hints,
                usual: provider.usualRun,
                asksForPaths: CompiledMapping(provider.configuration).asksForDepartmentPaths
            )
            let run = try work.flatMap { try runs.start($0, of: provider, because: .event, on: database) }
            return UsedHints(passed: passed, count: hints.count, run: run)
        }
        if let used { report(used, of: id) }
    }

    private func report(_ used: UsedHints, of id: IdentityProviderID) {
        Counter(label: "registry.hints", dimensions: [("outcome", "passed")]).increment(by: used.passed)
        let outcome = used.run == nil ? "needless" : "used"
        Counter(label: "registry.hints", dimensions: [("outcome", outcome)]).increment(by: used.count)
        guard let run = used.run else { return }
        RunMetrics.started(.event)
        runs.ledger.logger.info(
            "WeCom told of changes, which a run reads",
            metadata: [
                "idp": "\(id)", "run": "\(run.id)", "kind": "\(run.kind)", "hints": "\(used.count)",
                "passed": "\(used.passed)",
            ]
        )
    }
}

/// What became of an identity provider's hints.
private struct UsedHints: Sendable {
    /// Those that a full run had seen to.
    var passed: Int
    var count: Int
    var run: Run?
}

/// How long hints wait for others.
struct HintSettings: Sendable {
    /// Nothing more was told for so long.
    var quiet: Duration = .seconds(2)
    /// And no longer than this from the first.
    var patience: Duration = .seconds(5)
    /// The same for what is so much that everything is read.
    var stormPatience: Duration = .seconds(60)
    /// From one such run to the next, so that an enterprise that changes all the time is not read all the time.
    var rest: Duration = .seconds(600)
    /// From one look to the next.
    var pause: Duration = .seconds(1)
}
