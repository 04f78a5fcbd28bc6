import FoundationEssentials
import Runtime
import Web

/// Dead letters, as their page shows them.
struct DeadLetterList: Sendable {
    struct Reason: Sendable {
        let code: String
        let count: String
        let advice: Sentence?
        let path: String
        /// Whether whoever is signed in may settle them, and the list shows them.
        let isToSettle: Bool
    }

    struct Row: Sendable {
        let path: String
        let id: String
        let since: Moment
        let code: String
        let saying: String
        let tenant: String?
        let provider: String?
        let attempts: Int
        let redriven: String?
    }

    let reasons: [Reason]
    let rows: [Row]
    let chosen: String?
    let next: String?

    init(_ counts: [DeadLetterCount], _ page: Listed<DeadLetter>, _ chosen: String?, _ visit: Visit) {
        let texts = visit.texts
        let maySettle = visit.context.session?.mayEverywhere(.owner) ?? false
        reasons = counts.map { count in
            Reason(
                code: count.name,
                count: texts.number(count.count),
                advice: count.advice.map(texts.sentence),
                path: PercentEncoding.url("/operations/dead-letters", [("reason", count.name)]),
                isToSettle: maySettle && count.name == chosen
            )
        }
        rows = page.items.map { letter in
            Row(
                path: PercentEncoding.url("/operations/dead-letters/letter", [("id", letter.id)]),
                id: letter.id,
                since: Moment(letter.since, visit),
                code: letter.code,
                saying: letter.reason,
                tenant: Self.id(letter.tenantID),
                provider: Self.id(letter.idpID),
                attempts: letter.attempts,
                redriven: letter.timesRedriven > 0
                    ? texts.counted("operations.redrivenTimes", letter.timesRedriven) : nil
            )
        }
        self.chosen = chosen
        next = visit.next(page.nextCursor)
    }

    /// What a letter says is anybody's word: only an id becomes part of a link.
    private static func id(_ text: String?) -> String? {
        text.flatMap { UUID(uuidString: $0) }.map { $0.uuidString.lowercased() }
    }
}
