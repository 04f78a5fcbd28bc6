public import BackgroundWork
import Failures
import FoundationEssentials
public import Logging
import Messages
public import Pipeline
import Postgres

/// Reads a topic once more from its beginning into tables beside those in use, compares both, and puts what was rebuilt in
/// the place of what is in use where that is wanted.
///
/// One instance is at it; if it dies or stops, another begins anew with empty tables. Identity provider by identity
/// provider, both are compared, and exchanged, where both are equally far and in one transaction, so a crash leaves each
/// either as it was or whole.
public struct Rebuilding<Subject: RebuildSubject>: Sendable {
    let subject: Subject
    let schema: RebuildSchema
    let settings: StageSettings
    let patience: Duration
    let logger: Logger

    /// - Parameters:
    ///   - subject: What is rebuilt.
    ///   - settings: How the topic is reached.
    ///   - patience: For how long it is waited that what was rebuilt and what is in use are equally far.
    public init(
        _ subject: Subject,
        settings: StageSettings,
        patience: Duration = .seconds(60),
        logger: Logger
    ) {
        self.subject = subject
        schema = RebuildSchema(subject.schema)
        self.settings = settings
        self.patience = patience
        var logger = logger
        logger[metadataKey: "subject"] = "\(subject.name)"
        self.logger = logger
    }

    /// Looks again and again whether somebody has asked for one.
    public func job(every period: Duration) -> PeriodicJob {
        PeriodicJob(
            "rebuild",
            every: period,
            schema: subject.schema,
            database: subject.database,
            logger: logger,
            steps: [Step(subject.name) { try await attempt() }]
        )
    }

    /// Does it from the beginning, if somebody has asked for it.
    ///
    /// - Throws: What keeps it from being done, which is tried again.
    func attempt() async throws {
        let wanted = try await subject.database.run("select 1 from \(schema.rebuild) where done_at is null")
        guard !wanted.isEmpty else { return }
        guard let attempt = try await begin() else { return try await giveUp() }
        do {
            try await prepare(attempt)
            try await read(attempt)
            try await finish(attempt)
            logger.notice("a rebuild is done", metadata: ["switched": "\(attempt.switches)"])
        } catch is RebuildAttempt.Overtaken {
            logger.info("a rebuild was taken back or goes on elsewhere")
        } catch let error as CancellationError {
            await stop(attempt)
            throw error
        } catch {
            try await fail(attempt, because: error)
            throw error
        }
    }

    func begin() async throws -> RebuildAttempt? {
        let schema = schema
        return try await subject.database.transaction { try RebuildAttempt.begin(in: schema, on: $0) }
    }

    /// Makes and empties the tables: after the attempt has begun, so that nobody fills them any more, and that it counts
    /// where they cannot be made.
    func prepare(_ attempt: RebuildAttempt) async throws {
        try await subject.makeTables()
        let subject = subject
        try await subject.database.transaction { connection in
            try attempt.hold(on: connection)
            try subject.emptyTables(on: connection)
        }
    }

    /// Ends the rebuild; what was read for it goes, what came of it stays.
    func finish(_ attempt: RebuildAttempt) async throws {
        let subject = subject
        try await subject.database.transaction { connection in
            try attempt.finish(on: connection)
            try subject.emptyTables(on: connection)
        }
    }

    /// A broker or a database that is away is waited for as long as it takes: that does not count, and is told.
    func fail(_ attempt: RebuildAttempt, because error: any Error) async throws {
        let subject = subject
        let counts = (error as? any ClassifiedFailure)?.failureClass != .transient
        let isOver = try await subject.database.transaction { connection in
            let isOver = try attempt.fail(because: "\(error)", counts: counts, on: connection)
            if isOver { try subject.emptyTables(on: connection) }
            return isOver
        }
        if isOver { tellGivenUp() }
    }

    /// Where that cannot be kept the attempt counts as one that was broken off.
    private func stop(_ attempt: RebuildAttempt) async {
        let database = subject.database
        // The task that is at it is cancelled, and would be let do nothing more.
        try? await Task { try await database.withConnection { try attempt.stop(on: $0) } }.value
    }

    private func giveUp() async throws {
        let (subject, schema) = (subject, schema)
        let isOver = try await subject.database.transaction { connection in
            let isOver = try RebuildAttempt.giveUp(in: schema, on: connection)
            if isOver { try subject.emptyTables(on: connection) }
            return isOver
        }
        if isOver { tellGivenUp() }
    }

    private func tellGivenUp() {
        logger.error("a rebuild was given up; its status says why")
    }
}
