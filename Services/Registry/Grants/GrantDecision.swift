import Messages
import Postgres
import Runtime
import WeCom

/// What an administrator can do about a grant.
enum GrantDecision: String, CaseIterable, Sendable {
    /// This is the enterprise that is meant.
    case confirm
    /// It is not.
    case decline
    /// Nobody shall go on with it.
    case end

    /// `{"grantID": "…"}`: the very grant that was shown, whatever came since.
    static let rule = Form.object { form throws(Mistakes) in
        form.required("grantID", Rule<GrantID>.identifier("grant"))
    }

    /// Which grants it can be about.
    func fits(_ grant: Grant) -> Bool {
        switch self {
        case .confirm, .decline: grant.standing == .waitingForConfirmation
        case .end: grant.standing.isOpen
        }
    }
}

extension AuthorizationService {
    /// Carries out what an administrator decided about a grant; what follows from a confirmation comes with the next look
    /// at the enterprise, which is due at once.
    ///
    /// Throws ``Problem`` 404 when the identity provider has no such grant, 409 when nothing is to be decided about it.
    func decide(
        _ decision: GrantDecision,
        about id: GrantID,
        of seen: IdentityProvider,
        by caller: Caller
    ) async throws -> IdentityProvider {
        let enterprise = try await grants.enterprise(of: id)
        return try await providers.ledger.change { database in
            // The enterprise's row comes first, as everywhere, so that nobody waits for the other way round.
            if let (suite, corp) = enterprise { try CorpAuthorizationStore.notice(suite, corp, on: database) }
            guard let provider = try IdentityProviderStore.lock(seen.id, on: database) else {
                throw Problem.noIdentityProvider
            }
            guard let grant = try GrantStore.lock(id, of: provider.id, on: database) else { throw Problem.noGrant }
            guard decision.fits(grant) else { throw Problem.nothingToDecide(grant) }
            switch decision {
            case .confirm: try GrantStore.confirm(grant.id, by: caller.actor.name, on: database)
            case .decline:
                try GrantStore.move(grant.id, to: .ended, note: "\(caller.actor.name) declined it.", on: database)
            case .end: try GrantStore.move(grant.id, to: .ended, note: "\(caller.actor.name) ended it.", on: database)
            }
            var entry = AuditEntry(decision.action, "idp", provider.id.uuid, of: provider.tenant, by: caller.actor)
            entry = entry.with(["grantID": .string(grant.id.description)])
            if let corp = grant.corpID { entry = entry.with(["corpID": .string(corp)]) }
            if let name = grant.corpName { entry = entry.with(["corpName": .string(name)]) }
            try entry.append(on: database)
            return provider
        }
    }
}

extension GrantDecision {
    /// What the audit calls it.
    fileprivate var action: String {
        switch self {
        case .confirm: "authorization.confirmed"
        case .decline: "authorization.declined"
        case .end: "authorization.ended"
        }
    }
}

extension GrantStore {
    /// Whose a grant is, once that is known.
    fileprivate func enterprise(of id: GrantID) async throws -> (String, CorpID)? {
        let rows = try await database.run("select suite, corp_id from registry.grants where id = \(id)")
        guard let row = rows.first else { return nil }
        let (suite, corpID) = try row.decode(String.self, String?.self)
        guard let corp = corpID.flatMap({ try? CorpID($0) }) else { return nil }
        return (suite, corp)
    }

    /// An administrator said that this is the enterprise that is meant.
    fileprivate static func confirm(_ id: GrantID, by name: String, on connection: isolated Connection) throws {
        try connection.run(
            """
            update registry.grants set confirmed_by = \(name), standing = 'exchanged', changed_at = now()
            where id = \(id)
            """
        )
    }
}

extension Problem {
    /// 404: no such grant at this identity provider.
    fileprivate static let noGrant = Problem.notFound("This identity provider has no grant with this id.")

    /// 409: the grant is not, or no longer, one that this can be decided about.
    fileprivate static func nothingToDecide(_ grant: Grant) -> Problem {
        .conflict(
            "nothing-to-decide",
            "The grant is in the state \"\(grant.standing.rawValue)\", in which this cannot be decided.",
            fix: """
                Look at GET …/authorization: a grant can be confirmed or declined while it is waitingForConfirmation, and \
                ended until it is complete. A complete one ends when the enterprise removes the app in WeCom.
                """
        )
    }
}
