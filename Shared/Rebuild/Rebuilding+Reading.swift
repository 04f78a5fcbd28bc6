import Kafka
import Messages
import Pipeline
import Postgres
import ServiceLifecycle

extension Rebuilding {
    private var topic: String { settings.namespace.name(of: subject.topic) }

    /// Reads the topic, and settles every identity provider.
    func read(_ attempt: RebuildAttempt) async throws {
        let consumer = try BroadcastConsumer(
            topics: [topic],
            from: .beginning,
            in: .byPartition,
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

    /// Reads to the end, and on while what is in use is not equally far for some identity provider.
    private func follow(_ consumer: BroadcastConsumer, _ attempt: RebuildAttempt) async throws {
        var tables = subject.tables(for: attempt)
        var waiting: Set<IdentityProviderID>?
        var deadline = ContinuousClock.now + patience
        while true {
            try checkGoesOn()
            try await tables.take(consumer.poll(upTo: 1_000, patience: .milliseconds(250)))
            guard try await consumer.isCaughtUp() else {
                if await !consumer.hasFoundTopics, ContinuousClock.now >= deadline { throw MissingTopic(topic: topic) }
                continue
            }
            let due = if let waiting { waiting } else { try await identityProviders(of: attempt) }
            let rest = try await settle(due, from: tables, for: attempt)
            if rest.isEmpty { return }
            // To look at all may take longer than that: who ran meanwhile is waited for, as long as some come to a result.
            if waiting.map({ rest.count < $0.count }) ?? true { deadline = .now + patience }
            if ContinuousClock.now >= deadline { return try await refuse(rest, for: attempt) }
            waiting = rest
        }
    }

    private func checkGoesOn() throws {
        guard !Task.isShuttingDownGracefully, !Task.isCancelled else { throw CancellationError() }
    }

    /// The identity providers that the attempt is about.
    func identityProviders(of attempt: RebuildAttempt) async throws -> Set<IdentityProviderID> {
        if let one = attempt.identityProvider { return [one] }
        let subject = subject
        return try await subject.database.withConnection { try subject.identityProviders(on: $0) }
    }

    /// - Returns: Those that came to no result yet.
    private func settle(
        _ due: Set<IdentityProviderID>,
        from tables: Subject.Tables,
        for attempt: RebuildAttempt
    ) async throws -> Set<IdentityProviderID> {
        var rest: Set<IdentityProviderID> = []
        for id in due.sorted() {
            try checkGoesOn()
            if try await !settle(id, from: tables, for: attempt) { rest.insert(id) }
        }
        return rest
    }

    /// - Returns: Whether the identity provider came to a result, which is kept.
    /// - Throws: `PostgresError`, ``RebuildAttempt/Overtaken``.
    func settle(
        _ id: IdentityProviderID,
        from tables: Subject.Tables,
        for attempt: RebuildAttempt
    ) async throws -> Bool {
        let subject = subject
        let settlement = try await subject.database.transaction {
            connection -> RebuildSettlement<Subject.Comparison>? in
            try attempt.hold(on: connection)
            guard let settlement = try subject.settle(id, from: tables, for: attempt, on: connection) else {
                return nil
            }
            try attempt.keep(settlement.result, on: connection)
            try settlement.lastly(connection)
            return settlement
        }
        settlement?.afterwards()
        return settlement != nil
    }

    /// Keeps that these came to nothing, as there was no moment at which both were equally far.
    private func refuse(_ rest: Set<IdentityProviderID>, for attempt: RebuildAttempt) async throws {
        let subject = subject
        try await subject.database.transaction { connection in
            try attempt.hold(on: connection)
            for id in rest.sorted() { try attempt.keep(subject.refusal(of: id), on: connection) }
        }
    }
}
