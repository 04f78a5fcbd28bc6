import Web

/// What a preflight found.
struct PreflightView: Sendable {
    struct Check: Sendable {
        let label: String
        let outcome: Badge
        let finding: String
        let fix: String?
        let actor: String?
        let code: Int?
    }

    let base: String
    let mayLook: Bool
    let checkedAt: Moment?
    let caller: String?
    let verdict: String?
    let checks: [Check]

    init(_ provider: IdentityProvider, _ found: Preflight?, _ visit: Visit) {
        let texts = visit.texts
        base = "/idps/\(provider.id)"
        mayLook = visit.may(.operator)
        checkedAt = found.map { Moment($0.checkedAt, visit) }
        caller = found?.callerAddress
        let tones: [String: Badge.Tone] = ["passed": .good, "warning": .caution, "failed": .bad]
        checks = (found?.checks ?? []).map { check in
            Check(
                label: texts["preflight.\(check.name)"],
                outcome: Badge(texts["preflight.outcome_\(check.outcome)"], tones[check.outcome] ?? .quiet),
                finding: check.finding,
                fix: check.fix,
                actor: check.whoActs.map { texts["actor.\($0)"] },
                code: check.wecomCode
            )
        }
        let failed = found?.checks.filter { $0.outcome == "failed" }.count ?? 0
        verdict = found.map { found in
            if failed > 0 { return texts["preflight.someFailed", ["count": "\(failed)"]] }
            return found.isComplete ? texts["preflight.allWell"] : texts["preflight.incomplete"]
        }
    }
}

/// The proxy that calls to WeCom leave by, as a form shows it.
struct EgressForm: Sendable {
    let base: String
    let version: String
    let host: String?
    let port: String?
    let isSet: Bool
    let hasCredentials: Bool
    let mayChange: Bool

    init(_ provider: IdentityProvider, _ visit: Visit) {
        base = "/idps/\(provider.id)"
        version = "\(provider.revision)"
        host = visit.form["host"] ?? provider.egress?.host
        port = visit.form["port"] ?? provider.egress.map { "\($0.port)" }
        isSet = provider.egress != nil
        hasCredentials = provider.egress?.hasCredentials ?? false
        mayChange = visit.may(.admin)
    }
}

/// Kinds of notifications to tick.
struct KindChoice: Sendable {
    let kind: String
    let label: String
    let isChosen: Bool

    static func all(chosen: [String], _ texts: Texts) -> [KindChoice] {
        NotificationKind.allCases.map { kind in
            KindChoice(
                kind: kind.rawValue,
                label: texts["notice.\(kind.rawValue)"],
                isChosen: chosen.isEmpty || chosen.contains(kind.rawValue)
            )
        }
    }
}

/// Whom WeCom messages go to, as a form shows it.
struct MessageForm: Sendable {
    let base: String
    let version: String
    let isOn: Bool
    let recipients: String
    let kinds: [KindChoice]
    let mayChange: Bool

    init(_ provider: IdentityProvider, _ settings: MessageSettings, _ visit: Visit) {
        base = "/idps/\(provider.id)"
        version = "\(settings.revision)"
        isOn = settings.enabled
        recipients = visit.form["recipients"] ?? settings.recipients.joined(separator: "\n")
        kinds = KindChoice.all(chosen: settings.kinds, visit.texts)
        mayChange = visit.may(.admin)
    }
}
