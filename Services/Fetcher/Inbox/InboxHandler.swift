import Failures
import Kafka
import Logging
import Messages
import Pipeline

/// Takes the registry's commands in: once they are in the inbox, any instance may work on them.
///
/// A run that cannot be taken is answered before its offset is committed (architecture.md §3.3).
struct InboxHandler: StageHandler {
    let inbox: InboxStore
    let answers: RunAnswers
    let configurations: ConfigurationTable
    /// Told that there may be work.
    let bells: [Bell]
    let logger: Logger

    /// What a command does to the inbox.
    private struct Command {
        let message: IncomingMessage
        let entry: InboxStore.Entry
    }

    /// What a batch comes to: for the inbox, for the dead letters, and for whoever waits.
    private struct Intake {
        var commands: [Command] = []
        var rejections: [Rejection] = []
        var ends: [RunEnd] = []
    }

    @concurrent
    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        var intake = try read(batch)
        try await take(&intake)
        try await answers.send(intake.ends)
        if !intake.commands.isEmpty {
            logger.info("commands taken in", metadata: ["count": "\(intake.commands.count)"])
            for bell in bells { bell.ring() }
            if intake.commands.contains(where: \.entry.isDeletion) { try await answers.answerEnded() }
        }
        return intake.rejections
    }

    /// What fails for good in the database is answered, too.
    func passOver(_ rejection: Rejection, letter: OutgoingRecord) async throws -> Bool {
        if let message = try? IncomingMessage(rejection.record) {
            try await answers.send(end(of: message, Self.unreadable(rejection.reason)))
            try await inbox.take(unreadableErrand(message).map(\.entry))
        }
        return false
    }

    private func read(_ batch: PartitionBatch) throws -> Intake {
        var intake = Intake()
        let (messages, rejected) = batch.messages()
        intake.rejections = rejected
        for message in messages {
            do {
                intake.commands.append(Command(message: message, entry: try entry(for: message)))
            } catch let failure as RunFailure {
                let cause = RejectionCause(FetcherRefusal.foreignTenant)
                intake.rejections.append(Rejection(record: message.record, reason: failure.reason, cause: cause))
                intake.ends += end(of: message, failure)
            } catch let error as UndecodableMessage {
                let errand = reject(message, error, in: &intake)
                intake.commands += errand
            }
        }
        return intake
    }

    /// Takes the commands in, but for those that the database refuses for good: they are rejected like what cannot be
    /// read, and cost one more transaction, however many they are.
    private func take(_ intake: inout Intake) async throws {
        let commands = intake.commands
        let (ends, refused) = try await inbox.takeUnlessRefused(commands.map(\.entry))
        var errands: [Command] = []
        for (place, error) in refused {
            let message = commands[place].message
            // What stands for a question that was rejected already is refused as the question would be.
            let isKnown = intake.rejections.contains { $0.record.position == message.record.position }
            if !isKnown { errands += reject(message, error, in: &intake) }
        }
        intake.ends = ends + intake.ends
        try await inbox.take(errands.map(\.entry))
    }

    /// - Returns: What stands for the command, where somebody waits for it.
    private func reject(_ message: IncomingMessage, _ error: any Error, in intake: inout Intake) -> [Command] {
        let rejection = Rejection(record: message.record, failure: error)
        intake.rejections.append(rejection)
        intake.ends += end(of: message, Self.unreadable(rejection.reason))
        return unreadableErrand(message)
    }

    private func entry(for message: IncomingMessage) throws -> InboxStore.Entry {
        switch message.envelope.type {
        case RunSync.type:
            let run = QueuedRun(try message.decode(RunSync.self), message.envelope)
            guard isOfOwner(message) else { throw RunFailure.foreignTenant }
            return .run(run)
        case AskFor.type:
            let question = try message.decode(AskFor.self)
            guard let subject = RunSubject(message.envelope), let position = message.envelope.position else {
                throw message.undecodable(FetcherRefusal.noRun, "it names no run")
            }
            guard isOfOwner(message) else { throw RunFailure.foreignTenant }
            return .errand(Errand(question, of: subject, fence: position.fence))
        case CancelRun.type:
            return .cancellation(try message.decode(CancelRun.self).run)
        default:
            throw message.undecodable(ReadingRefusal.unknownType, "the type \(message.envelope.type) is unknown")
        }
    }

    /// Whether the identity provider is the tenant's, as far as is known.
    private func isOfOwner(_ message: IncomingMessage) -> Bool {
        let configuration = configurations.configuration(message.envelope.identityProvider)
        return configuration.map { $0.tenant == message.envelope.tenant } ?? true
    }

    /// What stands for a question that cannot be read: nobody can answer it, so whoever claims it ends the run.
    private func unreadableErrand(_ message: IncomingMessage) -> [Command] {
        guard message.envelope.type.isAskFor, isOfOwner(message), let subject = RunSubject(message.envelope),
            let position = message.envelope.position
        else { return [] }
        return [Command(message: message, entry: .errand(Errand(nil, of: subject, fence: position.fence)))]
    }

    /// The end of the run that a command asks for; for other commands nobody waits.
    private func end(of message: IncomingMessage, _ failure: RunFailure) -> [RunEnd] {
        guard message.envelope.type.isRunSync, let subject = RunSubject(message.envelope) else { return [] }
        let owner = configurations.configuration(subject.identityProvider)?.tenant
        return [RunEnd(subject: subject.owned(by: owner), failure: failure)]
    }

    private static func unreadable(_ reason: String) -> RunFailure {
        RunFailure(.failed, "The command could not be read: \(reason).", cause: .unreadable)
    }
}

extension MessageType {
    /// Whether it asks for a run, in whichever version: `wecombridge.run-sync.v1` without its number.
    fileprivate var isRunSync: Bool { rawValue.hasPrefix(RunSync.type.rawValue.dropLast()) }

    /// Whether it asks for objects, in whichever version.
    fileprivate var isAskFor: Bool { rawValue.hasPrefix(AskFor.type.rawValue.dropLast()) }
}

extension InboxStore.Entry {
    fileprivate var isDeletion: Bool {
        if case .run(let run) = self { run.kind == .delete } else { false }
    }
}
