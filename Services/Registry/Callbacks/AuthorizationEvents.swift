import BackgroundWork
import Failures
import Logging
import Messages
import Postgres
import Sealing
import WeCom

/// What WeCom's authorization events lead to.
struct AuthorizationEvents: Sendable {
    let runs: RunStore
    let providers: IdentityProviderStore
    let requests: AuthorizationStore
    let callbacks: CallbackStore
    let session: ProviderSession
    let keys: SealingKeys

    /// Who the audit says has done it.
    private static let actor = "wecom"

    private var corps: ConnectedCorps { ConnectedCorps(ledger: runs.ledger) }

    /// Deals with an event.
    ///
    /// Throws ``HopelessCallback`` when it never can be dealt with, ``ClaimLost`` when somebody else has done so.
    func handle(_ claim: Claim<KeptCallback>) async throws {
        switch try claim.item.event {
        case .createAuth(_, let code, let state): try await granted(code, state, claim)
        case .resetPermanentCode(_, let code): try await renewed(code, claim)
        case .changeAuth(_, let corp, _): try await changed(corp)
        case .cancelAuth(_, let corp): try await revoked(corp)
        case .suiteTicket, .changeContact, .other: break
        }
    }

    /// An administrator has scanned the QR code and agreed: the code is exchanged, the identity provider connected,
    /// and its first run started.
    private func granted(_ code: Secret, _ state: String?, _ claim: Claim<KeptCallback>) async throws {
        guard let state, let request = try await requests.find(state: state) else {
            throw HopelessCallback(reason: "no authorization was asked for with this state")
        }
        let grant: Grant
        do {
            grant = try await exchange(code, claim.item)
        } catch let error as WeComError where error.reaction == .reauthorize && request.completedAt != nil {
            return  // The same event in another wrapping: its code was exchanged the first time.
        }
        let info = try await session.authInfo(corpID: grant.corpID, permanentCode: grant.permanentCode)
        guard let agent = info.agents.first else { throw AppNotMade() }
        guard !agent.isAuthorizedByMembers else { throw HopelessCallback(reason: HopelessCallback.byMembers) }
        let connection = try connection(grant, agent: agent.id, of: request.idpID)
        try await runs.ledger.change { database in
            guard let provider = try IdentityProviderStore.lock(request.idpID, on: database) else {
                throw HopelessCallback(reason: "the identity provider was deleted")
            }
            if let corp = provider.configuration.connection?.corpID, corp != grant.corpID.rawValue,
                try AuthorizationStore.isUsed(request, on: database)
            {
                throw HopelessCallback(reason: HopelessCallback.otherEnterprise)
            }
            try CallbackStore.finish(claim, on: database)
            try AuthorizationStore.complete(state, corpName: info.corpName ?? grant.corpName, on: database)
            let connected = try providers.revise(
                provider,
                by: Self.actor,
                as: "authorization.granted",
                on: database
            ) { $0.connect(by: connection) }
            try start(connected, on: database)
        }
    }

    /// The provider has asked for new secrets: the enterprise's connections get the new one.
    private func renewed(_ code: Secret, _ claim: Claim<KeptCallback>) async throws {
        let grant = try await exchange(code, claim.item)
        try await runs.ledger.change { database in
            try CallbackStore.finish(claim, on: database)
            for provider in try corps.lock(grant.corpID, on: database) {
                guard let known = provider.configuration.connection, let agent = try? AgentID(Int(known.agentID)) else {
                    continue
                }
                let connection = try connection(grant, agent: agent, of: provider.id)
                _ = try providers.revise(provider, by: Self.actor, as: "authorization.renewed", on: database) {
                    $0.connect(by: connection)
                }
            }
        }
    }

    /// Visible range, permissions or state of the app have changed: a run finds out what that means.
    private func changed(_ corp: CorpID) async throws {
        try await runs.ledger.change { database in
            for provider in try corps.lock(corp, on: database) { try start(provider, on: database) }
        }
    }

    /// The enterprise has withdrawn its authorization.
    private func revoked(_ corp: CorpID) async throws {
        try await runs.ledger.change { database in
            for provider in try corps.lock(corp, on: database) {
                _ = try providers.revise(provider, by: Self.actor, as: "authorization.revoked", on: database) {
                    $0.authorization = .revoked
                }
            }
        }
    }

    private func start(_ provider: IdentityProvider, on connection: isolated Connection) throws {
        guard RunObstacle(provider.configuration, to: provider.usualRun.kind) == nil else { return }
        _ = try runs.start(provider.usualRun, of: provider, cause: .authorization, on: connection)
    }

    /// Trades the code in, once: what it was traded for is kept before anything else is done.
    private func exchange(_ code: Secret, _ callback: KeptCallback) async throws -> Grant {
        if let grant = callback.grant { return grant }
        let grant = Grant(try await session.permanentCode(authCode: code))
        try await callbacks.keep(grant, for: callback)
        return grant
    }

    private func connection(_ grant: Grant, agent: AgentID, of id: IdentityProviderID) throws -> WeComConnection {
        WeComConnection(
            kind: .customDevelopedApp,
            corpID: grant.corpID.rawValue,
            agentID: Int64(agent.rawValue),
            secret: try keys.seal(grant.permanentCode, context: id.description)
        )
    }
}

/// An event that never can be dealt with.
struct HopelessCallback: ClassifiedFailure, CustomStringConvertible {
    /// Why.
    let reason: String

    /// The same event is as hopeless.
    var failureClass: FailureClass { .permanent }

    var description: String { reason }

    static let otherEnterprise = """
        another enterprise was connected since this QR code was made; to connect this one instead, scan a new QR code
        """

    static let byMembers = """
        the app was authorized by single members, not by an administrator, so that there is no organization to read; \
        an administrator has to scan the QR code
        """
}

/// WeCom knows of the authorization, and of no app yet.
struct AppNotMade: Error, CustomStringConvertible {
    var description: String { "WeCom has authorized the template and not made the app in this enterprise yet" }
}
