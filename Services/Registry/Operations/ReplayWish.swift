import Messages
import Replay
import Runtime

/// What operators want told again, as `bridgectl replay` takes it.
struct ReplayWish: Sendable {
    /// Whose identity provider, or whose all.
    enum Whose: Sendable {
        case provider(IdentityProviderID)
        case tenant(TenantID)
    }

    /// What it is told from.
    enum Log: String, CaseIterable, Sendable {
        case wecom = "wecom.records.v1"
        case directory = "directory.records.v1"

        var topic: Topic { self == .wecom ? TopicCatalogue.wecomRecords : TopicCatalogue.directoryRecords }
    }

    var whose: Whose
    var log: Log
    var run: RunID?
    /// As WeCom spells it.
    var user: String?
    var department: Int64?
    var from: Timestamp?
    var to: Timestamp?
    /// Messages a second at most.
    var rate: Int
    var isDryRun: Bool
    /// For the audit.
    var why: String

    static let usualRate = 50

    /// What of an identity provider is told, as its ids are compared.
    func choice(under terms: RunTerms) -> ReplayChoice {
        ReplayChoice(
            run: run,
            user: user.map { terms.userIDCase.key(of: $0).digest },
            department: department,
            from: from,
            to: to
        )
    }

    /// The body's fields.
    static var rule: Rule<ReplayWish> {
        Form.object { form throws(Mistakes) -> ReplayWish? in
            let provider = form.optional("idpID", Rule<IdentityProviderID>.identifier("identity provider"))
            let tenant = form.optional("tenantID", Rule<TenantID>.identifier("tenant"))
            let log = form.optional("topic", Rule<Log>.word)
            let run = form.optional("runID", Rule<RunID>.identifier("run"))
            let user = form.optional("user", ObjectRules.userID)
            let department = form.optional("department", ObjectRules.departmentID)
            let from = form.optional("from", Rule<Timestamp>.moment)
            let to = form.optional("to", Rule<Timestamp>.moment)
            let rate = form.optional("rate", Rule<Int>.integer(in: 1...10_000))
            let isDryRun = form.optional("dryRun", Rule<Bool>.boolean)
            let why = form.required("why", Rule<String>.title(1...500))
            if user != nil, department != nil { form.add("Give user or department, and not both.", to: "department") }
            let whose = Whose(provider, tenant)
            if whose == nil { form.add("Give either idpID or tenantID.", to: "idpID") }
            guard let whose, let why else { return nil }
            return ReplayWish(
                whose: whose,
                log: log ?? .wecom,
                run: run,
                user: user,
                department: department,
                from: from,
                to: to,
                rate: rate ?? usualRate,
                isDryRun: isDryRun ?? false,
                why: why
            )
        }
    }
}

extension ReplayWish.Whose {
    /// - Returns: Nil unless it is exactly one of them.
    fileprivate init?(_ provider: IdentityProviderID?, _ tenant: TenantID?) {
        switch (provider, tenant) {
        case (let provider?, nil): self = .provider(provider)
        case (nil, let tenant?): self = .tenant(tenant)
        default: return nil
        }
    }
}

extension Rule where Value == Timestamp {
    /// A moment, whenever that is.
    fileprivate static var moment: Rule<Timestamp> {
        Rule { json throws(Mistakes) in
            guard case .string(let text) = json, let time = Timestamp(text) else {
                throw Mistakes("Give a time such as \"2030-01-31T08:00:00Z\", not \(json.shown).")
            }
            return time
        }
    }
}
