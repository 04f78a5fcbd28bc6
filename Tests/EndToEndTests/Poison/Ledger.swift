import Kafka
import Messages
import Pipeline
import SuiteTesting

/// What a suite has told of the records that nobody can handle.
struct Ledger: Sendable {
    private var letters: [Position: [String]] = [:]
    private var codes: [Position: String] = [:]
    private var answered: Set<RunID> = []

    init(of suite: Suite) async throws {
        for (topic, consumer) in TopicCatalogue.consumers {
            for letter in try await suite.deadLetters(of: topic, consumer) {
                letters[letter.origin, default: []].append(letter.reason)
                codes[letter.origin] = letter.record.header("dead-code")
            }
        }
        for record in try await suite.records(on: TopicCatalogue.progress) {
            guard let message = try? IncomingMessage(record), message.envelope.type == RunFinished.type,
                let finished = try? message.decode(RunFinished.self), !finished.reasons.isEmpty,
                let run = message.envelope.run
            else { continue }
            answered.insert(run)
        }
    }

    /// Records of which there is more than one letter.
    var repeated: [String] { letters.filter { $0.value.count > 1 }.map { "\($0.key): \($0.value)" }.sorted() }

    func reason(of record: Poisoned) -> String? { letters[record.position]?.first }

    /// Which of its reasons the service gave.
    func code(of record: Poisoned) -> String? { codes[record.position] }

    func isAnswered(_ run: RunID) -> Bool { answered.contains(run) }
}
