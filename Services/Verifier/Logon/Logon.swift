import Egress
import Messages
import Pipeline
import Sealing
import WeCom

/// Finds out whether somebody may log on, and as whom.
struct Logon: Sendable {
    let configurations: ConfigurationTable
    let principals: PrincipalStore
    let wecom: WeComGateway
    /// Bounds the codes that WeCom refuses: anybody can send some.
    let budget: OutsideBudget

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
    /// - Parameter code: What WeCom gave the browser or the native client.
    /// - Throws: ``Refusal``.
    func admit(code: String, through id: IdentityProviderID) async throws -> Principal {
        let (configuration, connection) = try await open(id)
        var refusal = Refusal(.internal, configuration: configuration)
        do {
            let identity = try await identity(of: code, connection, configuration)
            guard case .member(let userID) = identity else { throw refusal.with(.notAMember) }
            refusal.externalID = userID
            let principal = try await principals.find(
                connection.userIDCase.key(of: userID),
                in: id,
                configuration.generation
            )
            var decision = LogonDecision.of(identity, principal: principal)
            if decision == .dependsOnVisibility {
                let (visibility, error) = try await wecom.visibility(
                    of: userID,
                    through: connection,
                    of: configuration
                )
                refusal.wecom = error
                decision = LogonDecision.of(identity, principal: principal, visibility: visibility)
            }
            return try refusal.principal(decision)
        } catch let error as TooManyCalls {
            refusal.retryAfter = max(Int64((error.retryAfter / .seconds(1)).rounded(.up)), 1)
            refusal.detail = "\(error)"
            throw refusal.with(.tooManyCodes)
        } catch let error as WeComError {
            refusal.wecom = error
            throw refusal.with(LogonReason(error))
        } catch let error as SealingError {
            refusal.detail = "the connection's secret: \(error)"
            throw refusal
        } catch let error as InvalidIdentifier {
            refusal.detail = "the connection: \(error)"
            throw refusal
        }
    }
}

extension Logon {
    /// Asks WeCom who signed in, unless too many codes were refused of late. Only those count.
    private func identity(
        of code: String,
        _ connection: WeComConnection,
        _ configuration: IdentityProviderConfiguration
    ) async throws -> LogonDecision.Identity {
        let call = OutsideCall(
            .refusedCode,
            tenant: configuration.tenant,
            corp: try CorpID(connection.corpID),
            proxy: try wecom.proxy(of: configuration)
        )
        try await budget.check(call)
        do {
            return try await wecom.identity(of: code, through: connection, of: configuration)
        } catch let error as WeComError where error.reaction == .login {
            // Whether another one fits in is seen when it comes.
            do { try await budget.spend(call) } catch is TooManyCalls {}
            throw error
        }
    }
}

extension Refusal {
    /// The same for another reason.
    func with(_ reason: LogonReason) -> Refusal {
        var refusal = self
        refusal.reason = reason
        return refusal
    }

    /// Whom a final decision lets in.
    fileprivate func principal(_ decision: LogonDecision) throws -> Principal {
        switch decision {
        case .admitted(let principal): return principal
        case .refused(let reason): throw with(reason)
        case .dependsOnVisibility: throw self
        }
    }
}
