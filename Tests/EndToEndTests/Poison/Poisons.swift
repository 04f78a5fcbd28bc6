import FoundationEssentials
import Kafka
import Messages
import Pipeline

extension Forger {
    /// Every kind, in the order in which they are best sent.
    func poisons(incarnation: Incarnation, person: UserID) throws -> [Poison] {
        TopicCatalogue.consumers.flatMap { ofAnyTopic($0.topic) } + ofCommands + ofRecords
            + ofChanges(incarnation: incarnation, person: person) + ofConfigurations
    }

    /// A type that the topic carries, and a good message of it.
    private func sample(of topic: Topic, run: RunID) throws -> (type: MessageType, json: String) {
        switch topic {
        case TopicCatalogue.commands: try coded(command(run))
        case TopicCatalogue.progress:
            try coded(
                RunFinished(
                    outcome: .failed,
                    counts: RunCounts(),
                    currentEpoch: position.epoch,
                    finishedAt: .now
                )
            )
        case TopicCatalogue.directoryChanges: try coded(changes(incarnation: .make(), sequence: 1))
        default: try coded(RunStarted(kind: .full, isDryRun: false, terms: RunTerms(), requestedAt: .now))
        }
    }

    private func coded<Content: Message>(_ message: Content) throws -> (type: MessageType, json: String) {
        (Content.type, String(decoding: try message.encode(), as: UTF8.self))
    }

    private func ofAnyTopic(_ topic: Topic) -> [Poison] {
        return [
            Poison(kind: "no envelope", topic: topic, fate: .letter) { number, _ in
                OutgoingRecord(
                    topic: namespace.name(of: topic),
                    key: identityProvider.description,
                    value: Array("\(number)".utf8)
                )
            },
            Poison(kind: "no value", topic: topic, fate: .letterOrAnswer) { _, run in
                var record = record("", to: topic, envelope: envelope(try sample(of: topic, run: run).type, run: run))
                record.value = nil
                return record
            },
            Poison(kind: "no JSON", topic: topic, fate: .letterOrAnswer) { number, run in
                record("{\(number)", to: topic, envelope: envelope(try sample(of: topic, run: run).type, run: run))
            },
            Poison(kind: "an unknown type", topic: topic, fate: .letter) { _, run in
                let type = MessageType(rawValue: "wecombridge.not-yet-invented.v9")
                return record("{}", to: topic, envelope: envelope(type, run: run))
            },
            Poison(kind: "another tenant's", topic: topic, fate: .letterOrAnswer) { _, run in
                let (type, json) = try sample(of: topic, run: run)
                var envelope = envelope(type, run: run)
                envelope.tenant = .make()
                return record(json, to: topic, envelope: envelope)
            },
            Poison(kind: "headers of 1 MB", topic: topic, fate: .letter, share: 0.125) { number, run in
                let type = MessageType(rawValue: "wecombridge.large.v1")
                var record = record("{\(number)", to: topic, envelope: envelope(type, run: run))
                record.headers.append(Header("padding", String(repeating: "x", count: 1_000_000)))
                return record
            },
        ]
    }

    private func command(_ run: RunID, epoch: Int64 = 1, revision: Int64 = 1) -> RunSync {
        RunSync(
            run: run,
            epoch: Epoch(rawValue: epoch),
            kind: .full,
            terms: RunTerms(),
            configurationRevision: Revision(rawValue: revision),
            cause: .manual,
            requestedAt: .now
        )
    }

    private func ofCommands(_ kind: String, _ make: @escaping @Sendable (Int, RunID) throws -> OutgoingRecord) -> Poison
    {
        Poison(kind: kind, topic: TopicCatalogue.commands, fate: .answer, make: make)
    }

    private var ofCommands: [Poison] {
        let topic = TopicCatalogue.commands
        return [
            ofCommands("an unknown kind of run") { _, run in
                let envelope = envelope(RunSync.type, run: run)
                return try record(command(run), to: topic, envelope: envelope, replacing: "\"full\"", with: "\"all\"")
            },
            ofCommands("an unknown cause") { _, run in
                let envelope = envelope(RunSync.type, run: run)
                return try record(command(run), to: topic, envelope: envelope, replacing: "manual", with: "whim")
            },
            ofCommands("a past epoch") { _, run in
                try record(command(run, epoch: 0), to: topic, envelope: envelope(RunSync.type, run: run))
            },
            ofCommands("an unknown identity provider") { number, run in
                var envelope = envelope(RunSync.type, run: run)
                envelope.identityProvider = .make()
                return try record(command(run, epoch: Int64(number) + 1), to: topic, envelope: envelope)
            },
            ofCommands("a revision that never comes") { number, run in
                let command = command(run, epoch: position.epoch.rawValue + Int64(number), revision: 999_999)
                return try record(command, to: topic, envelope: envelope(RunSync.type, run: run))
            },
        ]
    }
}
