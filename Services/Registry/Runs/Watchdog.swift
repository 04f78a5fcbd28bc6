import BackgroundWork
import Logging
import Messages
import Postgres

/// Ends runs that nobody works on, after minutes, and gives forgotten ones their turn (architecture.md §3.3).
///
/// Its clock stands still while this registry itself cannot hear or be heard. A deletion is never given up.
struct Watchdog: Sendable {
    let runs: RunStore
    let settings: WatchdogSettings
    let hearing: Hearing

    /// First ends those that did not answer, then asks those that are silent.
    var steps: [Step] {
        [
            .each("unanswered runs", of: { try await found(silent(asked: true)) }) { silent in
                try await change(silent, if: self.silent(asked: true)) { try giveUp($0, on: $1) }
            },
            .each("silent runs", of: { try await found(silent(asked: false)) }) { silent in
                try await change(silent, if: self.silent(asked: false)) { try wake($0, on: $1) }
            },
            .each("forgotten runs", of: forgotten) { try await promote($0) },
            .each("deletions in vain", of: { try await found(isInVain) }) { vain in
                try await change(vain, if: isInVain) { try goOn(from: $0, on: $1) }
            },
        ]
    }

    /// What holds for runs of which nothing was heard for too long, and that were not asked to end, or long enough ago.
    private func silent(asked wasAsked: Bool) -> SQL {
        let asked: SQL =
            wasAsked
            ? "cancelled_at < now() - make_interval(secs => \(settings.patience / .seconds(1)))"
            : "cancelled_at is null"
        return """
            state in ('requested', 'running') and \(asked)
            and progress_at < now() - make_interval(secs => \(settings.silence / .seconds(1)))
            """
    }

    /// What holds for a deletion that was started too often in a row, and that none has followed for long enough: nobody
    /// can start one by hand.
    private var isInVain: SQL {
        """
        kind = 'delete' and outcome in ('failed', 'cancelled')
            and finished_at < now() - make_interval(secs => \(settings.silence * Self.requests / .seconds(1)))
            and not exists (
                select from registry.runs as later
                where later.idp = runs.idp and later.epoch > runs.epoch and later.kind = 'delete'
            )
        """
    }

    /// The identity providers of which runs wait and none is active: their configurations could not be read when the run
    /// before ended.
    private func forgotten() async throws -> [IdentityProviderID] {
        try await runs.ledger.database.run(
            """
            select distinct idp from registry.runs as waiting
            where state = 'waiting' and not exists (
                select from registry.runs as active
                where active.idp = waiting.idp and active.state in ('requested', 'running')
            )
            limit 1000
            """
        ).decode(IdentityProviderID.self)
    }

    private func promote(_ id: IdentityProviderID) async throws {
        try await runs.ledger.change { connection in
            let row = try IdentityProviderStore.lockedRow(id, evenDeleted: true, on: connection)
            for provider in runs.ledger.readable(row) { try runs.promote(provider, on: connection) }
        }
    }

    private func found(_ condition: SQL) async throws -> [Silence] {
        guard hearing.duration >= settings.silence else { return [] }
        return try await runs.ledger.database.run(
            "select id, idp from registry.runs where \(condition) order by progress_at limit 1000"
        ).map { row in
            let (run, idp) = try row.decode(RunID.self, IdentityProviderID.self)
            return Silence(run: run, idp: idp)
        }
    }

    /// Does something about a run if the same still holds for it, now that it is locked.
    private func change(
        _ silence: Silence,
        if condition: SQL,
        _ body: @Sendable (Run, isolated Connection) throws -> Void
    ) async throws {
        try await runs.ledger.change { connection in
            _ = try IdentityProviderStore.lockedRow(silence.idp, evenDeleted: true, on: connection)
            let rows = try connection.run(
                "select \(Run.columns) from registry.runs where id = \(silence.run) and \(condition) for update"
            )
            guard let run = try rows.first.map(Run.init) else { return }
            runs.ledger.logger.warning(
                "nothing is heard of a run, or a deletion is still to be done",
                metadata: ["idp": "\(silence.idp)", "run": "\(silence.run)"]
            )
            try body(run, connection)
        }
    }

    /// How often the same deletion is asked for before it is started anew, and for how many times the silence one rests
    /// that was in vain.
    private static let requests = 6

    /// Asks the fetcher to end the run; for a deletion, which is never given up, asks once more.
    private func wake(_ run: Run, on connection: isolated Connection) throws {
        guard run.kind == .delete else { return try runs.cancel(run, because: "", on: connection) }
        if run.requestedAt.advanced(by: settings.silence * Self.requests) < (try .ofDatabase(on: connection)) {
            return try giveUp(run, on: connection)
        }
        let row = try IdentityProviderStore.lockedRow(run.idpID, evenDeleted: true, on: connection)
        for provider in runs.ledger.readable(row) { try runs.request(run, of: provider, on: connection) }
    }

    /// Starts a deletion anew after one that was in vain.
    private func goOn(from run: Run, on connection: isolated Connection) throws {
        let row = try IdentityProviderStore.lockedRow(run.idpID, evenDeleted: true, on: connection)
        for provider in runs.ledger.readable(row) {
            guard let next = try runs.restart(run, of: provider, attempt: 1, on: connection) else { continue }
            try connection.run("update registry.runs set restarted_as = \(next.id) where id = \(run.id)")
        }
    }

    /// Ends the run.
    private func giveUp(_ run: Run, on connection: isolated Connection) throws {
        let then = run.kind == .delete ? "; the deletion is started anew" : ", then start a run again"
        let reason = """
            Nothing was heard of the run for \(settings.silence.inWords), and nobody answered when it was asked to end. \
            See that a fetcher and a writer are running and ready (/readyz)\(then).
            """
        var end = RunEnd(run: run.id, idpID: run.idpID, outcome: .failed, reasons: [reason])
        end.cause = .unanswered
        try runs.finish(end, on: connection)
    }
}

/// How long a run may be silent.
struct WatchdogSettings: Sendable {
    /// Nothing was heard of it for so long: it is asked to end.
    var silence: Duration = .seconds(600)
    /// And that was not answered for so long: it is over.
    var patience: Duration = .seconds(60)
    /// From one look to the next.
    var pause: Duration = .seconds(5)
}

/// A run of which nothing is heard.
private struct Silence: Sendable, CustomStringConvertible {
    var run: RunID
    var idp: IdentityProviderID

    var description: String { "\(run) of \(idp)" }
}

extension Duration {
    /// `1 minute`, `10 minutes`; less than a minute in seconds.
    fileprivate var inWords: String {
        let seconds = components.seconds
        let (count, unit) = seconds < 60 ? (seconds, "second") : (seconds / 60, "minute")
        return count == 1 ? "1 \(unit)" : "\(count) \(unit)s"
    }
}
