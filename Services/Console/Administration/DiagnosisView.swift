/// What stands behind a diagnosis id.
struct DiagnosisView: Sendable {
    struct Found: Sendable {
        let id: String
        let reason: String
        let code: String
        let at: Moment
        let explanation: Sentence
        let fix: Sentence
        let actor: String
        let person: String?
        let personLink: String?
        let providerLink: String?
        let wecom: String?
        let detail: Sentence?
    }

    let typed: String?
    let isMissing: Bool
    let found: Found?

    init(_ typed: String?, _ diagnosis: Diagnosis?, _ visit: Visit) {
        self.typed = typed
        isMissing = typed != nil && diagnosis == nil
        found = diagnosis.map { diagnosis in
            Found(
                id: diagnosis.id,
                reason: visit.texts.find("logon.\(diagnosis.reason)") ?? diagnosis.reason,
                code: diagnosis.reason,
                at: Moment(diagnosis.time, visit),
                explanation: visit.texts.sentence(diagnosis.explanation),
                fix: visit.texts.sentence(diagnosis.fix),
                actor: visit.texts["actor.\(diagnosis.whoActs)"],
                person: diagnosis.externalID,
                personLink: diagnosis.idpID.flatMap { idp in
                    diagnosis.externalID.map { PersonPage.path(idp, $0) }
                },
                providerLink: diagnosis.idpID.map { "/idps/\($0)" },
                wecom: diagnosis.wecom.map {
                    [$0.call, $0.code.map { "\($0)" }, $0.message].compactMap { $0 }.joined(separator: " ")
                },
                detail: diagnosis.detail.map(visit.texts.sentence)
            )
        }
    }
}
