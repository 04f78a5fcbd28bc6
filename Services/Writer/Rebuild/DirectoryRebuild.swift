import BackgroundWork
import FoundationEssentials
import Kafka
import Logging
import Messages
import Pipeline
import Postgres
import ServiceLifecycle

/// Reads `directory.records.v1` once more from its beginning into a schema beside the live directory, compares both, and
/// puts people and departments as the log has them in the place of those in use where that is wanted.
///
/// One instance is at it; if it dies or stops, another begins anew with empty tables. Identity provider by identity
/// provider, both are compared, and exchanged, behind the same run and in one transaction, so a crash leaves each either as
/// it was or whole.
struct DirectoryRebuild: Sendable {
    /// Connections to the live directory.
    let database: Database
    /// Connections to the schema beside it.
    let rebuilt: Database
    let settings: StageSettings
    let historyDays: Int
    let logger: Logger
    /// For how long it is waited that runs end and the live directory is as far as the log.
    var patience: Duration = .seconds(60)
    /// Called after a switch, as all of the identity provider is to be told anew then.
    let nudge: @Sendable () -> Void

    /// After so many attempts that failed it is given up.
    private static let attempts = 5

    /// Looks again and again whether somebody has asked for one.
    func job(every period: Duration) -> PeriodicJob {
        PeriodicJob(
            "rebuild",
            every: period,
            schema: DirectorySchema.name,
            database: database,
            logger: logger,
            steps: [Step("directory") { try await attempt() }]
        )
    }

    /// Does it from the beginning, if somebody has asked for it.
    ///
    /// - Throws: What keeps it from being done, which is tried again.
    func attempt() async throws {
        let wanted = try await database.run("select id from directory.rebuild where done_at is null")
        guard let row = wanted.first else { return }
        try await makeTables(for: try row.decode(UUID.self))
        guard let attempt = try await database.transaction({ try RebuildAttempt.begin(on: $0) }) else { return }
        guard attempt.number <= Self.attempts else { return try await giveUp(attempt) }
        do {
            try await read(attempt)
            try await database.transaction { connection in
                try attempt.hold(on: connection)
                try attempt.finish(on: connection)
            }
            logger.notice("the directory was read once more", metadata: ["switched": "\(attempt.switches)"])
        } catch is RebuildAttempt.Overtaken {
            logger.info("a rebuild of the directory was taken back or goes on elsewhere")
        } catch let error as CancellationError {
            throw error
        } catch {
            try await note("\(error)", of: attempt.id)
            throw error
        }
    }

    /// Makes the tables first, so that the attempt finds all that it has to empty. Where they cannot be made, that is an
    /// attempt that failed, too.
    private func makeTables(for rebuild: UUID) async throws {
        do {
            try await RebuiltDirectory.makeTables(in: rebuilt)
        } catch let error as PostgresError {
            let trouble = "\(error)"
            try await database.run(
                """
                update directory.rebuild set attempt = attempt + 1, trouble = \(trouble),
                    done_at = case when attempt + 1 >= \(Self.attempts)::integer then now() end
                where id = \(rebuild) and done_at is null
                """
            )
            throw error
        }
    }

    private func read(_ attempt: RebuildAttempt) async throws {
        let consumer = try BroadcastConsumer(
            topics: [settings.namespace.name(of: TopicCatalogue.directoryRecords)],
            from: .beginning,
            settings: settings.kafka,
            logger: logger
        )
        do {
            try await follow(consumer, attempt)
        } catch {
            try? await consumer.close()
            throw error
        }
        try await consumer.close()
    }

    /// Reads to the end, and on while runs are under way or the live directory is not as far.
    private func follow(_ consumer: BroadcastConsumer, _ attempt: RebuildAttempt) async throws {
        let settling = RebuildSettling(database: database, attempt: attempt, nudge: nudge)
        var directory = RebuiltDirectory(
            attempt,
            in: rebuilt,
            namespace: settings.namespace,
            historyDays: historyDays,
            logger: logger
        )
        var waiting: Set<IdentityProviderID>?
        var deadline = ContinuousClock.now
        while true {
            guard !Task.isShuttingDownGracefully, !Task.isCancelled else { throw CancellationError() }
            let records = try await consumer.poll(upTo: 1_000, patience: .milliseconds(250))
            try await directory.take(records)
            guard try await consumer.isCaughtUp() else { continue }
            if waiting == nil { deadline = .now + patience }
            var rest: Set<IdentityProviderID> = []
            let due = if let waiting { waiting } else { try await settling.identityProviders() }
            for id in due.sorted() {
                guard !Task.isShuttingDownGracefully, !Task.isCancelled else { throw CancellationError() }
                let isTrimmed = directory.trimmed.contains(id)
                if try await !settling.settle(id, isTrimmed: isTrimmed) { rest.insert(id) }
            }
            if rest.isEmpty { return }
            if ContinuousClock.now >= deadline {
                for id in rest.sorted() { try await settling.giveUp(id) }
                return
            }
            waiting = rest
        }
    }

    private func note(_ trouble: String, of rebuild: UUID) async throws {
        try await database.run(
            "update directory.rebuild set trouble = \(trouble) where id = \(rebuild) and done_at is null"
        )
    }

    private func giveUp(_ attempt: RebuildAttempt) async throws {
        try await database.transaction { connection in
            let rows = try connection.run("select trouble from directory.rebuild where id = \(attempt.id)")
            let trouble = try rows.first?.decode(String?.self) ?? nil
            try attempt.finish(trouble: trouble ?? "it was broken off again and again", on: connection)
        }
        logger.error("a rebuild of the directory was given up; GET /api/v1/rebuild says why")
    }
}
