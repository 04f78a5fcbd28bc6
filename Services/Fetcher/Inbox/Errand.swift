import FoundationEssentials
import Messages
import Postgres

/// One batch of questions about objects that a run missed, as the inbox keeps it (architecture.md §3.5).
struct Errand: Equatable, Sendable {
    /// From when the run's reading was over until nothing more is asked.
    static let patience = Duration.seconds(600)

    /// Whose run asks.
    let subject: RunSubject
    /// How far the run's fences have come with whoever asks.
    let fence: Fence
    /// The batch's number; 0 of one that cannot be read.
    let batch: Int
    /// Nil where the question cannot be read: nobody can answer it, and its run has to be ended.
    let question: AskFor?

    init(_ question: AskFor?, of subject: RunSubject, fence: Fence) {
        self.subject = subject
        self.fence = fence
        self.question = question
        batch = question?.batch ?? 0
    }

    /// Objects and witnesses.
    var size: Int { question.map { $0.objects.count + $0.witnesses.count } ?? 0 }

    /// After that everything open is unknown.
    var endsAt: Timestamp { question?.askedAt.advanced(by: Self.patience) ?? .now }
}

extension Errand {
    /// What ``init(_:)-(Row)`` reads, of `fetcher.errands i`.
    static let columns: SQL = "\(RunSubject.columns), i.fence, i.batch, i.question"
    static let columnCount = RunSubject.columnCount + 3

    /// Reads a row of ``columns``; a question that another version of this program wrote is an errand all the same.
    ///
    /// - Throws: `PostgresError`.
    init(_ row: Row) throws {
        subject = try RunSubject(row)
        let (fence, batch, question) = try row.dropFirst(RunSubject.columnCount).decode(
            Int64.self,
            Int.self,
            String?.self
        )
        self.fence = Fence(rawValue: fence)
        self.batch = batch
        self.question = question.flatMap { try? MessageJSON.decoder.decode(AskFor.self, from: Data($0.utf8)) }
    }
}
