import FoundationEssentials
import Logging
import Messages
import Postgres

/// `verifier.diagnoses`: what stands behind the ids that people are shown.
struct DiagnosisStore: Sendable {
    let database: Database
    let events: AuthenticationEvents
    let limits: LogonLimits
    let logger: Logger

    /// Keeps a refusal and tells `auth.events.v1` of it: not of one that its id tells all of, nor beyond what one address
    /// or one identity provider may have kept. Where keeping it fails the person gets an id all the same, and the log has
    /// the reason under it.
    func record(_ refusal: Refusal, from address: VisitorAddress) async -> Diagnosis {
        let isKept = await mayKeep(refusal, from: address)
        let diagnosis = Diagnosis(refusal, isKept: isKept)
        LogonMetrics.refused(diagnosis.reason)
        var metadata: Logger.Metadata = [
            "diagnosis": "\(diagnosis.id)", "reason": "\(diagnosis.reason)",
        ]
        if let idp = diagnosis.idpID { metadata["identityProvider"] = "\(idp)" }
        if let code = diagnosis.wecom?.code { metadata["wecomCode"] = "\(code)" }
        guard isKept else {
            logger.debug("a logon was refused, and is not kept", metadata: metadata)
            return diagnosis
        }
        logger.log(level: refusal.reason == .internal ? .error : .info, "a logon was refused", metadata: metadata)
        do {
            try await store(diagnosis)
            events.nudge()
        } catch {
            logger.warning("a diagnosis was not kept", metadata: ["diagnosis": "\(diagnosis.id)", "error": "\(error)"])
        }
        return diagnosis
    }

    private func mayKeep(_ refusal: Refusal, from address: VisitorAddress) async -> Bool {
        if refusal.reason.isToldByIDAlone { return false }
        do {
            try await limits.count(.diagnosisByAddress, of: address)
            if let idp = refusal.configuration?.id { try await limits.count(.diagnosisByProvider, of: idp) }
            return true
        } catch is LogonLimits.TooMany {
            return false
        } catch {
            // The log then tells what the table cannot.
            return true
        }
    }

    private func store(_ diagnosis: Diagnosis) async throws {
        let json = String(decoding: try JSONEncoder().encode(diagnosis), as: UTF8.self)
        try await database.transaction { connection in
            try connection.run(
                """
                insert into verifier.diagnoses (id, reason, tenant_id, idp_id, diagnosis)
                values (\(diagnosis.id), \(diagnosis.reason), \(diagnosis.tenantID?.uuid), \(diagnosis.idpID?.uuid),
                    \(json)::jsonb)
                """
            )
            guard let tenant = diagnosis.tenantID, let idp = diagnosis.idpID else { return }
            try events.append(
                LogonFailed(reason: diagnosis.reason, diagnosis: diagnosis.id, clientID: diagnosis.clientID),
                tenant: tenant,
                identityProvider: idp,
                on: connection
            )
        }
    }

    /// The diagnosis of that id, in either case, kept or told by the id itself.
    func find(_ id: String) async throws -> Diagnosis? {
        let rows = try await database.run(
            "select diagnosis::text from verifier.diagnoses where id = \(id.uppercased())"
        )
        guard let json = try rows.first?.decode(String.self) else { return DiagnosisNumber(id).map { Diagnosis($0) } }
        return try JSONDecoder().decode(Diagnosis.self, from: Data(json.utf8))
    }
}
