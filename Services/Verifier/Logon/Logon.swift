import Egress
import Messages
import Pipeline
import Runtime
import Sealing
import Traces
import WeCom

/// Finds out whether somebody may log on, and as whom.
struct Logon: Sendable {
    let configurations: ConfigurationTable
    let principals: PrincipalStore
    let wecom: WeComGateway
    /// Bounds the codes that WeCom refuses: anybody can send some.
    let budget: OutsideBudget
    let limits: LogonLimits
    let used: UsedTickets
    /// Brings people whom no run has brought yet; `nil` where no registry is known.
    let synchronization: PersonSynchronization?
    let turns: Turns<VisitorAddress>

    /// What comes of a logon counts once WeCom has answered: so many of one address at once are all that limits miss. An
    /// office behind one address has as many decided at a time.
    static let mostAtOnce = 64
    /// So many more of one address wait.
    static let longestLine = 1_000

    /// The identity providers that an enterprise's people can choose from, by description.
    ///
    /// - Throws: ``Refusal`` where there is none.
    func options(of enterprise: EnterpriseID) async throws -> [IdentityProviderConfiguration] {
        let all = identityProviders(of: enterprise)
        if all.isEmpty, try await isAnyConfigurationMissing() {
            throw Refusal(.configurationUnknown, enterprise: enterprise)
        }
        if let reason = LogonDecision.obstacle(all) {
            throw Refusal(reason, enterprise: enterprise, configuration: all.count == 1 ? all.first : nil)
        }
        return all.filter { LogonDecision.obstacle($0) == nil }
            .sorted { ($0.description, $0.id) < ($1.description, $1.id) }
    }

    /// An identity provider of an enterprise, if it is open, and its connection.
    ///
    /// - Throws: ``Refusal``.
    func open(
        _ id: IdentityProviderID,
        of enterprise: EnterpriseID? = nil
    ) async throws -> (configuration: IdentityProviderConfiguration, connection: WeComConnection) {
        guard let configuration = configurations.configuration(id), configuration.status != .deleted,
            enterprise == nil || configuration.enterpriseID == enterprise
        else { throw try await refusal(of: id, enterprise) }
        if let reason = LogonDecision.obstacle(configuration) { throw Refusal(reason, configuration: configuration) }
        guard let connection = configuration.connection else {
            throw Refusal(.identityProviderNotAuthorized, configuration: configuration)
        }
        return (configuration, connection)
    }

    /// Why there is no such identity provider, if anything is known about that at all.
    private func refusal(of id: IdentityProviderID, _ enterprise: EnterpriseID?) async throws -> Refusal {
        if configurations.configuration(id) == nil, try await principals.identityProviders().contains(id) {
            return Refusal(.configurationUnknown, enterprise: enterprise)
        }
        let others = enterprise.map(identityProviders(of:)) ?? []
        return Refusal(others.isEmpty ? .unknownEnterprise : .noIdentityProvider, enterprise: enterprise)
    }

    private func identityProviders(of enterprise: EnterpriseID) -> [IdentityProviderConfiguration] {
        configurations.all.filter { $0.enterpriseID == enterprise && $0.status != .deleted }
    }

    /// Whether people are known of an identity provider whose configuration is not: then an enterprise that is not
    /// known may be one whose configurations were lost.
    private func isAnyConfigurationMissing() async throws -> Bool {
        try await principals.identityProviders().contains { configurations.configuration($0) == nil }
    }

    /// The person who signed in at WeCom.
    ///
    /// - Throws: ``Refusal``.
    func admit(_ attempt: LogonAttempt) async throws -> Principal {
        guard await turns.enter(attempt.address) else {
            let configuration = configurations.configuration(attempt.identityProvider)
            throw Refusal(LogonLimits.TooMany(matter: .strangeLogon, retryAfter: 1), configuration: configuration)
        }
        defer { turns.leave(attempt.address) }
        do {
            let principal = try await person(attempt, try await begin(attempt))
            if let trace = principal.trace { TraceSpan.current?.link(trace) }
            return principal
        } catch let refusal as Refusal {
            if refusal.reason.isStrange {
                // Whether another one fits in is seen when it comes.
                do { try await limits.count(.strangeLogon, of: attempt.address) } catch is LogonLimits.TooMany {}
            }
            throw refusal
        }
    }

    /// Marks the attempt as made, unless it is not even looked at: nothing is written then.
    ///
    /// - Returns: Whether WeCom may be asked about its code, as far as that was looked up on the way.
    private func begin(_ attempt: LogonAttempt) async throws -> CheckedCall? {
        let call = attempt.code == nil ? nil : expectedCall(of: attempt)
        var checked: CheckedCall?
        let configuration = configurations.configuration(attempt.identityProvider)
        var situation = LogonSituation(pass: attempt.isInTime ? .good : .expired)
        var evidence = Refusal(.internal, configuration: configuration)
        if attempt.isInTime {
            do {
                let limit = limits.checking(.strangeLogon, of: attempt.address)
                let mark = try await used.use(attempt.mark, unless: limit, reading: call.map(budget.checking))
                checked = try call.map { CheckedCall(call: $0, excess: try budget.excess(of: $0, mark.further)) }
                if !mark.isNew {
                    try LogonLimits.check(.strangeLogon, of: attempt.address, mark.obstacle)
                    situation.pass = .replayed
                }
            } catch let error as LogonLimits.TooMany {
                situation.hasTooManyTries = true
                evidence = Refusal(error, configuration: configuration)
            }
        }
        if case .refused(let reason) = LogonDecision.of(situation) { throw evidence.with(reason) }
        return checked
    }

    /// A call to WeCom, and why it could not be taken when that was last looked up.
    struct CheckedCall: Sendable {
        let call: OutsideCall
        let excess: TooManyCalls?
    }

    /// What asking about an attempt's code will count as; `nil` where something else will be found to be wrong.
    private func expectedCall(of attempt: LogonAttempt) -> OutsideCall? {
        guard let configuration = configurations.configuration(attempt.identityProvider),
            let connection = configuration.connection
        else { return nil }
        return try? call(by: connection, configuration)
    }

    private func call(
        by connection: WeComConnection,
        _ configuration: IdentityProviderConfiguration
    ) throws -> OutsideCall {
        OutsideCall(
            .refusedCode,
            tenant: configuration.tenant,
            corp: try CorpID(connection.corpID),
            proxy: try wecom.proxy(of: configuration)
        )
    }

    private func person(_ attempt: LogonAttempt, _ checked: CheckedCall?) async throws -> Principal {
        var inquiry = try await LogonInquiry(attempt, of: self, checked)
        do {
            return try await inquiry.decide()
        } catch let error as SealingError {
            inquiry.evidence.detail = "the connection's secret: \(error)"
            throw inquiry.evidence.with(.internal)
        } catch let error as InvalidIdentifier {
            inquiry.evidence.detail = "the connection: \(error)"
            throw inquiry.evidence.with(.internal)
        }
    }

    /// Asks WeCom who signed in, unless too many codes were refused of late. Only those count.
    ///
    /// - Parameter checked: What was looked up before; it counts where it is about the same call.
    func identity(
        of code: String,
        _ connection: WeComConnection,
        _ configuration: IdentityProviderConfiguration,
        _ checked: CheckedCall?
    ) async throws -> LogonDecision.Identity {
        let call = try call(by: connection, configuration)
        if let checked, checked.call == call {
            if let excess = checked.excess { throw excess }
        } else {
            try await budget.check(call)
        }
        do {
            return try await wecom.identity(of: code, through: connection, of: configuration)
        } catch let error as WeComError where error.reaction == .login {
            // Whether another one fits in is seen when it comes.
            do { try await budget.spend(call) } catch is TooManyCalls {}
            throw error
        }
    }
}
