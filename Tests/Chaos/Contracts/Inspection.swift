import Foundation
import Kafka
import Postgres
import SuiteTesting

/// Reads all that was said and kept since the last time: whether it keeps to its contracts, and gives no secret away.
final class Inspection: Sendable {
    private let field: Field
    private let tail: Tail
    private let reader: ForeignReader?
    private let logs: LogReader
    private let answers: AnswerBook

    /// How many messages and answers were judged, and bytes of logs read.
    let judged = Counter()
    let bytes = Counter()

    init(of field: Field) throws {
        self.field = field
        tail = try Tail(of: field.suite)
        let folder = field.suite.simulatorProcess.logFile.deletingLastPathComponent()
        reader = ForeignReader(folder: folder)
        logs = LogReader(field.copies.map(\.process.logFile))
        let addresses = Dictionary(
            field.copies.compactMap { copy in copy.process.address.map { ($0, copy.victim.service) } }
        ) { $1 }
        answers = AnswerBook { addresses[$0] }
    }

    func inspect() async throws {
        let records = try await tail.news()
        let markers = field.markers
        try await judge(records)
        for record in records where !field.isForged(record) {
            for marker in markers.secrets.found(in: record.value ?? []) {
                field.breaches.note(.secretsSeen, "\(record.position)", marker)
            }
        }
        for (file, new) in try logs.news() {
            bytes.add(new.count)
            for marker in markers.everything.found(in: new) { field.breaches.note(.secretsSeen, file, marker) }
        }
        for (table, marker) in try await markers.secrets.found(inTablesOf: field.suite) {
            field.breaches.note(.secretsSeen, table, marker)
        }
    }

    private func judge(_ records: [Record]) async throws {
        let said = answers.take()
        let messages = records.filter { !field.isForged($0) && !$0.isDeadLetter }.compactMap(Subject.init)
        guard let reader else { return }
        for (name, breach) in try await reader.judge(messages + said) {
            field.breaches.note(.contractBreaches, name, breach)
        }
        judged.add(messages.count + said.count)
    }

    func close() async {
        answers.close()
        await tail.close()
    }
}

extension Record {
    /// Whether it was set aside: it is as it came, whatever its contract says.
    fileprivate var isDeadLetter: Bool { position.topic.hasSuffix(".dead") }
}

extension Field {
    /// Whether it is none of the suite's own.
    func isForged(_ record: Record) -> Bool {
        poisoned.contains(record.position) || record.header("ce_source")?.hasPrefix("forger/") == true
    }
}
