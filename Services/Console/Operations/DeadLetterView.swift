import Web

/// One dead letter, as its page shows it.
struct DeadLetterView: Sendable {
    struct Header: Sendable {
        let name: String
        let value: String
    }

    struct Settlement: Sendable {
        let what: String
        let at: Moment
        let audit: String
    }

    let id: String
    let code: String
    let advice: Sentence
    let saying: String
    let stage: String
    let origin: String
    let attempts: Int
    let timesRedriven: Int
    let bytes: String
    let since: Moment
    let obstacle: String?
    let headers: [Header]
    let settlements: [Settlement]
    let isSettled: Bool
    let maySettle: Bool

    init(_ record: DeadLetterRecord, _ visit: Visit) {
        let texts = visit.texts
        id = record.id
        code = record.code
        advice = texts.sentence(record.advice)
        saying = record.reason
        stage = record.stage
        origin = record.origin
        attempts = record.attempts
        timesRedriven = record.timesRedriven
        bytes = texts.number(record.bytes)
        since = Moment(record.since, visit)
        obstacle = record.obstacle
        headers = record.headers.filter { $0.count == 2 }.map { Header(name: $0[0], value: $0[1]) }
        settlements = record.settlements.map { settlement in
            Settlement(
                what: texts.find("operations.fate_\(settlement.fate)") ?? settlement.fate,
                at: Moment(settlement.at, visit),
                audit: "/audit?object=\(settlement.operation)"
            )
        }
        isSettled = !record.settlements.isEmpty
        maySettle = record.settlements.isEmpty && (visit.context.session?.mayEverywhere(.owner) ?? false)
    }
}
