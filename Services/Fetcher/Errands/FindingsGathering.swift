import JSONCoding
import Messages

/// Puts together what WeCom said of one batch: one message, whose records must fit into it.
struct FindingsGathering {
    /// Bytes of all records: Kafka takes messages of 1 MB, and the findings stand beside them.
    static let recordLimit = 800_000

    private let question: AskFor
    private var findings: [Finding] = []
    private var witnesses: [Finding] = []
    private var records: [DirectoryObject.Kind: [[UInt8]]] = [:]
    private var bytes = 0
    private let limit: Int

    init(_ question: AskFor, limit: Int = recordLimit) {
        self.question = question
        self.limit = limit
    }

    /// Adds what was said of an object. One whose record has no room any more is unknown: without its record nobody
    /// could say what it is now.
    mutating func add(_ answer: Inquiry.Answer) {
        guard let record = answer.record else { return findings.append(answer.finding) }
        guard bytes + record.count + 1 <= limit else {
            return findings.append(Finding(answer.finding.object, .unknown))
        }
        bytes += record.count + 1
        records[answer.finding.object.kind, default: []].append(record)
        findings.append(answer.finding)
    }

    mutating func add(witness answer: Inquiry.Answer) { witnesses.append(answer.finding) }

    /// - Parameter range: Tells the visible range from others, as it was after the last answer.
    func message(range: ContentDigest?) -> FindingsFetched {
        FindingsFetched(
            batch: question.batch,
            batches: question.batches,
            mappingNumber: question.terms.mapping,
            findings: findings,
            sampled: question.sampled,
            witnesses: witnesses,
            visibleRangeHash: range,
            users: list(.user),
            departments: list(.department)
        )
    }

    private func list(_ kind: DirectoryObject.Kind) -> RawJSON {
        let elements = records[kind] ?? []
        return RawJSON(bytes: Array("[".utf8) + elements.joined(separator: Array(",".utf8)) + Array("]".utf8))
    }
}

extension AskFor {
    /// The answer where nothing can be asked.
    func unanswered(code: Int? = nil) -> FindingsFetched {
        var gathering = FindingsGathering(self)
        for object in objects { gathering.add(Inquiry.Answer(object, .unknown)) }
        for witness in witnesses { gathering.add(witness: Inquiry.Answer(witness, .unknown)) }
        var message = gathering.message(range: nil)
        for index in message.findings.indices { message.findings[index].code = code }
        for index in message.witnesses.indices { message.witnesses[index].code = code }
        return message
    }
}
