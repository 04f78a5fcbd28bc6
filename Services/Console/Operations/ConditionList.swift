import Web

/// What needs somebody, as its page shows it.
struct ConditionList: Sendable {
    struct Row: Sendable {
        let tenantName: String
        let tenantPath: String
        let idpName: String
        let idpPath: String
        let what: String
        let times: String?
        let since: Moment
        let saying: Sentence
        let advice: Sentence
        let runPath: String?
        let lastSuccess: Moment?
    }

    let rows: [Row]
    let kinds: [Choice]
    let next: String?

    init(_ page: Listed<OpenCondition>, _ kind: NotificationKind?, _ visit: Visit) {
        let texts = visit.texts
        rows = page.items.map { condition in
            Row(
                tenantName: condition.tenantName,
                tenantPath: "/tenants/\(condition.tenantID)",
                idpName: condition.idpName,
                idpPath: "/idps/\(condition.idpID)",
                what: texts.find("notice.\(condition.kind)") ?? condition.kind,
                times: condition.times > 1 ? texts.counted("operations.times", condition.times) : nil,
                since: Moment(condition.since, visit),
                saying: texts.sentence(condition.sentence).withTimes,
                advice: texts.sentence(condition.fix),
                runPath: condition.run.map { "/runs/\($0)" },
                lastSuccess: condition.lastSuccessAt.map { Moment($0, visit) }
            )
        }
        kinds = NotificationKind.allCases.map {
            Choice(value: $0.rawValue, label: texts["notice.\($0.rawValue)"], isChosen: $0 == kind)
        }
        next = visit.next(page.nextCursor)
    }
}
