import FoundationEssentials
import Kafka
public import Messages
import Pipeline

/// Who forges what: records that end runs do not meet those that need one.
public struct Forgers: Sendable {
    /// Of messages that need no run.
    public let ofMessages: Forger
    /// Of commands.
    public let ofCommands: Forger
    /// Of pages that cannot be read.
    public let ofPages: Forger
    /// Of people who cannot be taken.
    public let ofPeople: Forger
    /// Of changes of the directory.
    public let ofChanges: Forger

    /// Each forges in the name of another identity provider.
    public init(ofMessages: Forger, ofCommands: Forger, ofPages: Forger, ofPeople: Forger, ofChanges: Forger) {
        self.ofMessages = ofMessages
        self.ofCommands = ofCommands
        self.ofPages = ofPages
        self.ofPeople = ofPeople
        self.ofChanges = ofChanges
    }

    /// All of them.
    public var all: [Forger] { [ofMessages, ofCommands, ofPages, ofPeople, ofChanges] }

    /// Every kind.
    ///
    /// - Parameter incarnation: Of the directory.
    public func poisons(_ incarnation: Incarnation) -> [Poison] {
        TopicCatalogue.consumers.flatMap { ofMessages.ofAnyTopic($0.topic, incarnation) } + ofPages.ofPages
            + ofMessages.ofConfigurations + ofCommands.ofCommands + ofPeople.ofPeople
            + ofChanges.ofChanges(incarnation)
    }
}

extension Forger {
    /// A type that the topic carries, and a good message of it.
    private func sample(of topic: Topic, _ run: RunID, _ incarnation: Incarnation) throws -> (
        type: MessageType, json: String
    ) {
        switch topic {
        case TopicCatalogue.commands: try coded(command(run, epoch: Epoch(rawValue: 1)))
        case TopicCatalogue.progress:
            try coded(
                RunFinished(
                    outcome: .failed,
                    counts: RunCounts(),
                    currentEpoch: Epoch(rawValue: 1),
                    finishedAt: .now
                )
            )
        case TopicCatalogue.directoryChanges:
            try coded(changes(incarnation, sequence: 1, users: [change(Self.foreigner)]))
        default: try coded(RunStarted(kind: .full, isDryRun: false, terms: RunTerms(), requestedAt: .now))
        }
    }

    private func coded<Content: Message>(_ message: Content) throws -> (type: MessageType, json: String) {
        (Content.type, String(decoding: try message.encode(), as: UTF8.self))
    }

    fileprivate func ofAnyTopic(_ topic: Topic, _ incarnation: Incarnation) -> [Poison] {
        [
            Poison(kind: "no envelope", topic: topic, fate: .letter) { number, _ in
                OutgoingRecord(
                    topic: self.namespace.name(of: topic),
                    key: self.identityProvider.description,
                    value: Array("\(number)".utf8)
                )
            },
            Poison(kind: "no value", topic: topic, fate: .letterOrAnswer) { _, run in
                var record = self.record(
                    "",
                    to: topic,
                    envelope: self.envelope(try self.sample(of: topic, run, incarnation).type, run: run)
                )
                record.value = nil
                return record
            },
            Poison(kind: "no JSON", topic: topic, fate: .letterOrAnswer) { number, run in
                self.record(
                    "{\(number)",
                    to: topic,
                    envelope: self.envelope(try self.sample(of: topic, run, incarnation).type, run: run)
                )
            },
            Poison(kind: "an unknown type", topic: topic, fate: .letter) { _, run in
                let type = MessageType(rawValue: "wecombridge.not-yet-invented.v9")
                return self.record("{}", to: topic, envelope: self.envelope(type, run: run))
            },
            Poison(kind: "another tenant's", topic: topic, fate: topic.fateOfForeign) { _, run in
                let (type, json) = try self.sample(of: topic, run, incarnation)
                var envelope = self.envelope(type, run: run)
                envelope.tenant = .make()
                return self.record(json, to: topic, envelope: envelope)
            }.foreign,
            Poison(kind: "headers of 1 MB", topic: topic, fate: .letter, share: 0.125) { number, run in
                let type = MessageType(rawValue: "wecombridge.large.v1")
                var record = self.record("{\(number)", to: topic, envelope: self.envelope(type, run: run))
                record.headers.append(Header("padding", String(repeating: "x", count: 1_000_000)))
                return record
            },
        ]
    }

    private func command(_ run: RunID, epoch: Epoch, revision: Int64 = 1) -> RunSync {
        RunSync(
            run: run,
            epoch: epoch,
            kind: .full,
            terms: RunTerms(),
            configurationRevision: Revision(rawValue: revision),
            cause: .manual,
            requestedAt: .now
        )
    }

    private func commandPoison(
        _ kind: String,
        share: Double = 1,
        _ make: @escaping @Sendable (Envelope, RunID) throws -> OutgoingRecord
    ) -> Poison {
        Poison(kind: kind, topic: TopicCatalogue.commands, fate: .answer, share: share) { _, run in
            try make(self.envelope(RunSync.type, run: run), run)
        }
    }

    fileprivate var ofCommands: [Poison] {
        let topic = TopicCatalogue.commands
        return [
            commandPoison("an unknown kind of run") { envelope, run in
                let command = self.command(run, epoch: .next(envelope))
                return try self.record(command, to: topic, envelope: envelope, replacing: "\"full\"", with: "\"all\"")
            },
            commandPoison("an unknown cause") { envelope, run in
                let command = self.command(run, epoch: .next(envelope))
                return try self.record(command, to: topic, envelope: envelope, replacing: "manual", with: "whim")
            },
            commandPoison("a past epoch") { envelope, run in
                try self.record(self.command(run, epoch: Epoch(rawValue: 0)), to: topic, envelope: envelope)
            },
            // Each keeps one of the runs at once for as long as a configuration is waited for.
            commandPoison("an unknown identity provider", share: 0.25) { envelope, run in
                var envelope = envelope
                envelope.identityProvider = .make()
                return try self.record(self.command(run, epoch: .next(envelope)), to: topic, envelope: envelope)
            },
            commandPoison("a revision that never comes", share: 0.25) { envelope, run in
                let command = self.command(run, epoch: .next(envelope), revision: 999_999)
                return try self.record(command, to: topic, envelope: envelope)
            },
        ]
    }
}

extension Epoch {
    fileprivate static func next(_ envelope: Envelope) -> Epoch { envelope.position?.epoch ?? Epoch(rawValue: 1) }
}

extension Topic {
    /// Ends of runs that the registry does not know are nobody's.
    fileprivate var fateOfForeign: Poison.Fate { self == TopicCatalogue.progress ? .leftOut : .letterOrAnswer }
}
