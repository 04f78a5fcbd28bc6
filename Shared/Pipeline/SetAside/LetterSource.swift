import Failures
import Kafka
public import Logging
public import Messages

/// The dead letters of every service.
public struct LetterSource: Sendable {
    private let settings: [String: String]
    private let namespace: TopicNamespace
    private let limit: Duration?
    private let logger: Logger

    /// - Parameters:
    ///   - settings: librdkafka's own property names.
    ///   - namespace: What stands before topics' names.
    ///   - limit: How long reading all of them may take; nil for as long as it takes.
    public init(
        settings: [String: String],
        namespace: TopicNamespace,
        within limit: Duration? = nil,
        logger: Logger
    ) {
        self.settings = settings
        self.namespace = namespace
        self.limit = limit
        self.logger = logger
    }

    /// By the names on the broker: which topic's dead letters they are.
    private var origins: [String: String] {
        TopicCatalogue.consumers.reduce(into: [:]) { origins, reader in
            origins[namespace.name(of: reader.topic.deadLetters(of: reader.consumer))] = namespace.name(
                of: reader.topic
            )
        }
    }

    /// All that nobody has settled yet, oldest first.
    public func items() async throws -> [SetAside] {
        var (open, settled) = ([Position: SetAside](), Set<Position>())
        try await read { records in
            for record in records {
                if let letter = DeadLetter(record) {
                    open[record.position] = item(letter)
                } else if let settlement = Settlement(record) {
                    settled.insert(settlement.letter)
                }
            }
        }
        return open.filter { !settled.contains($0.key) }.map(\.value)
            .sorted { ($0.since, $0.id) < ($1.since, $1.id) }
    }

    /// One letter, settled or not, and what was done about it.
    public func letter(_ id: String) async throws -> (letter: DeadLetter, settlements: [Settlement])? {
        var (found, settlements) = (DeadLetter?.none, [Settlement]())
        try await read { records in
            for record in records {
                if let letter = DeadLetter(record), self.id(of: record.position) == id { found = letter }
                if let settlement = Settlement(record), self.id(of: settlement.letter) == id {
                    settlements.append(settlement)
                }
            }
        }
        return found.map { ($0, settlements) }
    }

    /// Whether an id is a letter's.
    public func has(_ id: String) -> Bool {
        origins.keys.contains { id.hasPrefix("\($0.dropFirst(namespace.prefix.count))/") }
    }

    /// Redrives or discards letters. Each record and its settlement are one transaction: whatever ends the program, the
    /// same command again goes on with what is left.
    ///
    /// - Parameters:
    ///   - operation: Under which number the audit has it.
    ///   - value: What the records say instead, where they are redriven with another value.
    ///   - progress: Is told how many are done.
    /// - Returns: How many were settled, and which the brokers refuse for good.
    public func settle(
        _ items: [SetAside],
        as fate: Settlement.Fate,
        in operation: String,
        saying value: [UInt8]? = nil,
        at pace: Pace,
        progress: (Int) -> Void = { _ in }
    ) async throws -> (count: Int, refused: [String: String]) {
        // One name for all: of two operators at once the later shuts the earlier out, and nothing is redriven twice.
        let writer = try TransactionalProducer(
            settings: settings,
            transactionalID: "\(namespace.prefix)bridgectl.dead",
            logger: logger
        )
        try await writer.initTransactions()
        // What the earlier one had settled by then is no longer there.
        let wanted = Set(items.map(\.id)).intersection(try await self.items().map(\.id))
        var settling = LetterSettling(writer: writer, pace: pace)
        try await read { records in
            let letters = records.filter { wanted.contains(self.id(of: $0.position)) }.compactMap(DeadLetter.init)
            for start in stride(from: 0, to: letters.count, by: pace.portion) {
                let portion = letters[start..<min(start + pace.portion, letters.count)]
                try await settling.settle(portion.map { pair($0, fate, operation, value) })
                progress(settling.count)
            }
        }
        return (settling.count, settling.refused)
    }

    private func pair(
        _ letter: DeadLetter,
        _ fate: Settlement.Fate,
        _ operation: String,
        _ value: [UInt8]?
    ) -> LetterSettling.Pair {
        let settlement = Settlement(of: letter.record.position, as: fate, in: operation).record
        let record = fate == .redriven ? letter.redriven(in: operation, saying: value) : nil
        return LetterSettling.Pair(
            id: id(of: letter.record.position),
            records: [record, settlement].compactMap(\.self)
        )
    }

    private func id(of position: Position) -> String {
        "\(position.topic.dropFirst(namespace.prefix.count))/\(position.partition)/\(position.offset)"
    }

    private func item(_ letter: DeadLetter) -> SetAside {
        let record = letter.record
        // A letter says itself where it came from, and anybody may have written it.
        let isForeign = letter.origin.topic != origins[record.position.topic]
        return SetAside(
            id: id(of: record.position),
            place: String(record.position.topic.dropFirst(namespace.prefix.count)),
            code: letter.cause.code,
            advice: letter.cause.sentence,
            reason: letter.reason,
            type: record.header("ce_type"),
            tenant: record.header("ce_tenantid"),
            identityProvider: record.header("ce_idpid"),
            since: letter.firstSeen,
            attempts: letter.attempts,
            timesRedriven: letter.timesRedriven,
            obstacle: isForeign ? "it says that it comes from another topic than its own" : letter.obstacle
        )
    }

    /// Hands on what the topics hold when reading begins.
    private func read(_ body: ([Record]) async throws -> Void) async throws {
        let admin = try Admin(settings: settings, logger: logger)
        let there = Set(try await admin.topicNames())
        try await admin.close()
        let topics = origins.keys.filter(there.contains).sorted()
        guard !topics.isEmpty else { return }
        try await TopicReading(topics: topics, settings: settings, within: limit, logger: logger)
            .forEach(body)
    }
}
