import JSONCoding
import Kafka
import Messages
import Pipeline

/// A message of `wecom.records.v1` or `directory.records.v1`, as far as a replay has to know it.
struct LoggedMessage: Sendable {
    /// What it says.
    enum Word: Sendable {
        case started(RunStarted)
        /// It holds the records of these, and the filter left those out.
        case objects([ObjectWords.Key], filtered: [ObjectWords.Key] = [])
        case unchanged([ContentDigest])
        /// It holds the records of those who are present, and the filter left those out.
        case findings([Finding], present: [ObjectWords.Key], filtered: [ObjectWords.Key] = [])
        case read(FetchManifest)
    }

    let run: RunID
    let position: RunPosition
    let time: Timestamp
    let place: LogPlace
    let word: Word

    init(run: RunID, position: RunPosition, time: Timestamp, place: LogPlace, word: Word) {
        self.run = run
        self.position = position
        self.time = time
        self.place = place
        self.word = word
    }

    /// - Returns: `nil` for what belongs to no run, says nothing of objects, or cannot be read.
    init?(_ message: IncomingMessage, _ userIDCase: UserIDCase) {
        guard let run = message.envelope.run, let position = message.envelope.position,
            let word = try? Self.word(of: message, userIDCase)
        else { return nil }
        self.init(
            run: run,
            position: position,
            time: message.envelope.time,
            place: LogPlace(message.record.position),
            word: word
        )
    }

    private static func word(of message: IncomingMessage, _ userIDCase: UserIDCase) throws -> Word? {
        switch message.envelope.type {
        case RunStarted.type: return .started(try message.decode(RunStarted.self))
        case UnchangedPages.type:
            return .unchanged(try message.decode(UnchangedPages.self).pages.flatMap(\.users.digests))
        case RunFetched.type: return .read(try message.decode(RunFetched.self).manifest)
        case RunMapped.type: return .read(try message.decode(RunMapped.self).manifest)
        case FindingsFetched.type:
            let findings = try message.decode(FindingsFetched.self).findings
            return .findings(findings, present: try LoggedRecords(message, userIDCase)?.keys ?? [])
        case FindingsMapped.type:
            let mapped = try message.decode(FindingsMapped.self)
            return .findings(
                mapped.findings,
                present: try LoggedRecords(message, userIDCase)?.keys ?? [],
                filtered: keys(of: mapped.filtered, userIDCase)
            )
        case UserBatch.type:
            let filtered = keys(of: try message.decode(UserBatch.self).filtered, userIDCase)
            return try LoggedRecords(message, userIDCase).map { .objects($0.keys, filtered: filtered) }
        default: return try LoggedRecords(message, userIDCase).map { .objects($0.keys) }
        }
    }

    private static func keys(of people: [String]?, _ userIDCase: UserIDCase) -> [ObjectWords.Key] {
        people?.map { .user(userIDCase.key(of: $0).digest) } ?? []
    }
}
