import Foundation
import Postgres
import SuiteTesting

/// One round: a fresh suite, a fresh corp, and every phase once.
struct SyncRound {
    private static let updatedShare = 100
    private static let removedShare = 100

    let number: Int
    let users: Int
    let departments: Int
    let peer: Peer?
    let rules: SyncRules
    let variables: [String: String]

    /// Who comes first changes from round to round.
    private var isPeerFirst: Bool { number.isMultiple(of: 2) }

    func run() async throws -> SyncFigures {
        note("round \(number)\(rules.title)")
        return try await withMeasuredSuite("sync", variables: variables) { measured in
            let connected = try await measured.connect("measured", users: users, departments: departments)
            if let mapping = rules.mapping {
                try await measured.suite.registry.change(connected.provider, ["mapping": mapping])
            }
            let (ours, theirs) = try await inTurn {
                try await measureFirst(connected, in: measured)
            } peer: {
                try await measureFirst(of: $0, connected, in: measured)
            }
            var figures = SyncFigures(first: ours.0, copyLimit: ours.limit, peer: theirs)
            try await measureUnchanged(connected, in: measured, &figures)
            let history = try await historyBytes(in: measured)
            (figures.delta, figures.questions) = try await measureDelta(connected, in: measured)
            let changes = max(1, users / Self.updatedShare) + max(1, users / Self.removedShare)
            figures.historyBytes = Double(try await historyBytes(in: measured) - history) / Double(changes)
            return figures
        }
    }

    /// Measures both, never at the same time.
    private func inTurn<Ours, Theirs>(
        _ ours: () async throws -> Ours,
        peer theirs: (Peer) async throws -> Theirs
    ) async throws -> (Ours, Theirs?) {
        if isPeerFirst {
            let found = try await measurePeer(theirs)
            return (try await ours(), found)
        }
        return (try await ours(), try await measurePeer(theirs))
    }

    private func measurePeer<Theirs>(_ theirs: (Peer) async throws -> Theirs) async throws -> Theirs? {
        guard let peer else { return nil }
        return try await theirs(peer)
    }

    private func measureFirst(
        _ connected: ConnectedTenant,
        in measured: MeasuredSuite
    ) async throws -> (FirstSynchronization, limit: Double) {
        let first = try await measured.synchronizeFirst(connected, users: users)
        tell("first synchronization", first.seconds)
        let limit = try await CopyLimit(database: measured.database).measure(connected.provider, people: users)
        tell("bare COPY of its rows", limit)
        return (first, limit)
    }

    private func measureFirst(
        of peer: Peer,
        _ connected: ConnectedTenant,
        in measured: MeasuredSuite
    ) async throws -> SyncFigures.Peer {
        let report = try await peer.first(connected, in: measured.suite)
        guard report.users == users else { throw BenchmarkFailure("the plain program saw \(report.users) people") }
        tell("plain program, first", report.total_s)
        if let limit = report.copy_limit_s { tell("plain program, bare COPY", limit) }
        return SyncFigures.Peer(first: report.total_s, copyLimit: report.copy_limit_s)
    }

    private func measureUnchanged(
        _ connected: ConnectedTenant,
        in measured: MeasuredSuite,
        _ figures: inout SyncFigures
    ) async throws {
        let questions = try await questions(in: measured)
        let rows = RowsWritten(database: measured.database)
        let before = try await rows.count()
        let (ours, theirs) = try await inTurn {
            let run = try await measured.time(connected)
            try await measured.waitUntilAtRest()
            try run.expect(unchanged: users)
            tell("nothing changed", run.seconds)
            return run.seconds
        } peer: { peer in
            let report = try await peer.again(connected, in: measured.suite)
            guard report.users == users, report.written_rows == 0 else {
                throw BenchmarkFailure("the plain program wrote \(report.written_rows) rows where nothing had changed")
            }
            tell("plain program, nothing changed", report.total_s)
            return report.total_s
        }
        guard try await self.questions(in: measured) == questions else {
            throw BenchmarkFailure("WeCom was asked for single people though nobody was missing")
        }
        figures.unchanged = ours
        figures.peer?.again = theirs ?? 0
        guard let before, let after = try await rows.count() else { return }
        guard before >= users else { throw BenchmarkFailure("PostgreSQL's statistics know of \(before) rows only") }
        figures.rowsWritten = after - before
    }

    private func measureDelta(
        _ connected: ConnectedTenant,
        in measured: MeasuredSuite
    ) async throws -> (seconds: Double, questions: Int) {
        let before = try await questions(in: measured)
        let changes = try await measured.suite.simulator.change(
            connected.corp,
            update: max(1, users / Self.updatedShare),
            remove: max(1, users / Self.removedShare)
        )
        try await measured.suite.simulator.render(connected.corp)
        let run = try await measured.time(connected)
        try await measured.waitUntilAtRest()
        let (updated, removed) = (changes.updated.count, changes.removed.count)
        try run.expect(updated: updated, unchanged: users - updated - removed, disabled: removed)
        tell("\(updated) changed, \(removed) gone", run.seconds)
        return (run.seconds, try await questions(in: measured) - before)
    }

    /// What the directory's history takes up, with its indexes.
    private func historyBytes(in measured: MeasuredSuite) async throws -> Int {
        try await measured.database.run(
            "select sum(pg_total_relation_size(relid))::bigint from pg_partition_tree('directory.run_objects')"
        )[0].decode(Int.self)
    }

    /// How often WeCom was asked for a single person.
    private func questions(in measured: MeasuredSuite) async throws -> Int {
        try await measured.suite.simulator.calls(of: "user/get")
    }

    private func tell(_ what: String, _ seconds: Double) {
        note("  " + what.padding(toLength: 36, withPad: " ", startingAt: 0) + String(format: "%.3f s", seconds))
    }
}
