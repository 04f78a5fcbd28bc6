import BackgroundWork
import FoundationEssentials
import Kafka
import Logging
import Messages
import Pipeline
import Postgres
import ServiceLifecycle

/// Reads `directory.changes.v1` once more from its beginning into tables beside those that logons read, compares both, and
/// puts what was rebuilt in the place of what is in use where that is wanted.
///
/// One instance is at it; if it dies or stops, another begins anew with empty tables. Identity provider by identity
/// provider, both are compared, and exchanged, at the same message and in one transaction, so a crash leaves each either
/// as it was or whole. Nobody is deleted for not being in a topic that has lost its beginning: such an identity provider is
/// refused until the topic has it whole.
struct PrincipalRebuild: Sendable {
    let database: Database
    let sessions: SessionStore
    let settings: StageSettings
    let logger: Logger
    /// For how long it is waited that the people in use are followed as far as those that were rebuilt.
    var patience: Duration = .seconds(60)

    /// After so many attempts that failed it is given up.
    private static let attempts = 5

    /// Looks again and again whether somebody has asked for one.
    func job(every period: Duration) -> PeriodicJob {
        PeriodicJob(
            "rebuild",
            every: period,
            schema: Migrations.schema,
            database: database,
            logger: logger,
            steps: [Step("principals") { try await attempt() }]
        )
    }

    /// Does it from the beginning, if somebody has asked for it.
    ///
    /// - Throws: What keeps it from being done, which is tried again.
    func attempt() async throws {
        let wanted = try await database.run("select 1 from verifier.rebuild where done_at is null")
        guard !wanted.isEmpty else { return }
        guard let attempt = try await database.transaction({ try RebuildAttempt.begin(on: $0) }) else { return }
        guard attempt.number <= Self.attempts else { return try await giveUp(attempt) }
        do {
            try await read(attempt)
            try await database.transaction { connection in
                try attempt.hold(on: connection)
                try attempt.finish(on: connection)
            }
            logger.notice("the principals were read once more", metadata: ["switched": "\(attempt.switches)"])
        } catch is RebuildAttempt.Overtaken {
            logger.info("a rebuild of the principals was taken back or goes on elsewhere")
        } catch let error as CancellationError {
            throw error
        } catch {
            try await note("\(error)", of: attempt)
            throw error
        }
    }

    private func read(_ attempt: RebuildAttempt) async throws {
        let consumer = try BroadcastConsumer(
            topics: [settings.namespace.name(of: TopicCatalogue.directoryChanges)],
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

    /// Reads to the end, and on while the people in use are not followed as far.
    private func follow(_ consumer: BroadcastConsumer, _ attempt: RebuildAttempt) async throws {
        let settling = RebuildSettling(database: database, sessions: sessions, attempt: attempt)
        var rebuilt = RebuiltPrincipals(attempt, in: database)
        var waiting: Set<IdentityProviderID>?
        var deadline = ContinuousClock.now
        while true {
            guard !Task.isShuttingDownGracefully, !Task.isCancelled else { throw CancellationError() }
            let records = try await consumer.poll(upTo: 1_000, patience: .milliseconds(250))
            try await rebuilt.take(records)
            guard try await consumer.isCaughtUp() else { continue }
            if waiting == nil { deadline = .now + patience }
            var rest: Set<IdentityProviderID> = []
            let due = if let waiting { waiting } else { try await settling.identityProviders() }
            for id in due.sorted() {
                guard !Task.isShuttingDownGracefully, !Task.isCancelled else { throw CancellationError() }
                if try await !settling.settle(id) { rest.insert(id) }
            }
            if rest.isEmpty { return }
            if ContinuousClock.now >= deadline {
                for id in rest.sorted() { try await settling.giveUp(id) }
                return
            }
            waiting = rest
        }
    }

    private func note(_ trouble: String, of attempt: RebuildAttempt) async throws {
        try await database.run(
            """
            update verifier.rebuild set trouble = \(trouble)
            where id = \(attempt.id) and attempt = \(attempt.number) and done_at is null
            """
        )
    }

    private func giveUp(_ attempt: RebuildAttempt) async throws {
        try await database.transaction { connection in
            let rows = try connection.run("select trouble from verifier.rebuild where id = \(attempt.id)")
            let trouble = try rows.first?.decode(String?.self) ?? nil
            try attempt.finish(trouble: trouble ?? "it was broken off again and again", on: connection)
        }
        logger.error("a rebuild of the principals was given up; GET /api/v1/principals/rebuild says why")
    }
}
