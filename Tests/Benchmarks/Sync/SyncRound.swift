import Foundation
import SuiteTesting

/// One round: a fresh suite, a fresh corp, and every phase once.
struct SyncRound {
    private static let updatedShare = 100
    private static let removedShare = 200

    let number: Int
    let users: Int
    let departments: Int
    let peer: Peer?

    /// Who comes first changes from round to round.
    private var isPeerFirst: Bool { number.isMultiple(of: 2) }

    func run() async throws -> SyncFigures {
        var figures = SyncFigures()
        figures.peer = peer.map { _ in SyncFigures.Peer() }
        note("round \(number)")
        try await withMeasuredSuite("sync") { measured in
            let connected = try await measured.connect("measured", users: users, departments: departments)
            try await inTurn {
                try await measureFirst(connected, in: measured, &figures)
                try await measureLimit(connected, in: measured, &figures)
            } peer: {
                try await measureFirst(of: $0, connected, in: measured, &figures)
            }
            try await measureUnchanged(connected, in: measured, &figures)
            try await measureDelta(connected, in: measured, &figures)
        }
        return figures
    }

    private func inTurn(_ ours: () async throws -> Void, peer theirs: (Peer) async throws -> Void) async throws {
        if let peer, isPeerFirst { try await theirs(peer) }
        try await ours()
        if let peer, !isPeerFirst { try await theirs(peer) }
    }

    // MARK: First

    private func measureFirst(
        _ connected: ConnectedTenant,
        in measured: MeasuredSuite,
        _ figures: inout SyncFigures
    ) async throws {
        SuiteUsage.forgetPeaks(measured.suite)
        let before = SuiteUsage.now(measured.suite)
        let run = try await measured.time(connected)
        try await measured.waitUntilAtRest()
        let after = SuiteUsage.now(measured.suite)
        try expect(run.counts.users, created: users)
        figures.first = run.seconds
        figures.processorSeconds = after.processorSeconds(since: before)
        figures.peaks = after.peaks
        tell("first synchronization", run.seconds)
    }

    private func measureLimit(
        _ connected: ConnectedTenant,
        in measured: MeasuredSuite,
        _ figures: inout SyncFigures
    ) async throws {
        let limit = CopyLimit(database: measured.database)
        figures.copyLimit = try await limit.measure(connected.provider, people: users)
        tell("bare COPY of its rows", figures.copyLimit)
    }

    private func measureFirst(
        of peer: Peer,
        _ connected: ConnectedTenant,
        in measured: MeasuredSuite,
        _ figures: inout SyncFigures
    ) async throws {
        let report = try await peer.first(connected, in: measured.suite)
        guard report.users == users else { throw BenchmarkFailure("the plain program saw \(report.users) people") }
        figures.peer?.first = report.total_s
        figures.peer?.copyLimit = report.copy_limit_s
        tell("plain program, first", report.total_s)
        if let limit = report.copy_limit_s { tell("plain program, bare COPY", limit) }
    }

    // MARK: Again

    private func measureUnchanged(
        _ connected: ConnectedTenant,
        in measured: MeasuredSuite,
        _ figures: inout SyncFigures
    ) async throws {
        let rows = RowsWritten(database: measured.database)
        let before = try await rows.count(after: .now)
        try await inTurn {
            let run = try await measured.time(connected)
            try await measured.waitUntilAtRest()
            try expect(run.counts.users, unchanged: users)
            figures.unchanged = run.seconds
            tell("nothing changed", run.seconds)
        } peer: { peer in
            let report = try await peer.again(connected, in: measured.suite)
            guard report.users == users, report.written_rows == 0 else {
                throw BenchmarkFailure("the plain program wrote \(report.written_rows) rows where nothing had changed")
            }
            figures.peer?.again = report.total_s
            tell("plain program, nothing changed", report.total_s)
        }
        guard let before, let after = try await rows.count(after: .now) else { return }
        guard before >= users else { throw BenchmarkFailure("PostgreSQL's statistics know of \(before) rows only") }
        figures.rowsWritten = after - before
    }

    private func measureDelta(
        _ connected: ConnectedTenant,
        in measured: MeasuredSuite,
        _ figures: inout SyncFigures
    ) async throws {
        let changes = try await measured.suite.simulator.change(
            connected.corp,
            update: max(1, users / Self.updatedShare),
            remove: max(1, users / Self.removedShare)
        )
        try await measured.suite.simulator.render(connected.corp)
        let run = try await measured.time(connected)
        try await measured.waitUntilAtRest()
        let (updated, removed) = (changes.updated.count, changes.removed.count)
        try expect(
            run.counts.users,
            updated: updated,
            unchanged: users - updated - removed,
            disabled: removed
        )
        figures.delta = run.seconds
        tell("\(updated) changed, \(removed) gone", run.seconds)
    }

    // MARK: Checks

    /// A run that did something else than it should is no measurement.
    private func expect(
        _ counts: Registry.Run.Objects,
        created: Int = 0,
        updated: Int = 0,
        unchanged: Int = 0,
        disabled: Int = 0
    ) throws {
        let found = [counts.created, counts.updated, counts.unchanged, counts.disabled, counts.rejected]
        guard found == [created, updated, unchanged, disabled, 0] else {
            throw BenchmarkFailure("the counts of a run are \(counts)")
        }
    }

    private func tell(_ what: String, _ seconds: Double) {
        note("  " + what.padding(toLength: 36, withPad: " ", startingAt: 0) + String(format: "%.3f s", seconds))
    }
}
