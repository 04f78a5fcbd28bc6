import FoundationEssentials
import Logging
import Messages
import Metrics
import Postgres

/// `verifier.diagnoses`: what stands behind the ids that people are shown.
struct DiagnosisStore: Sendable {
    let database: Database
    let events: AuthenticationEvents
    let logger: Logger

    /// Keeps a refusal and tells `auth.events.v1` of it. Where that fails the person gets an id all the same, and the
    /// log has the reason under it.
    func record(_ refusal: Refusal) async -> Diagnosis {
        let diagnosis = Diagnosis(refusal)
        Counter(label: "logons", dimensions: [("outcome", diagnosis.reason)]).increment()
        var metadata: Logger.Metadata = [
            "diagnosis": "\(diagnosis.id)", "reason": "\(diagnosis.reason)",
        ]
        if let idp = diagnosis.idpID { metadata["identityProvider"] = "\(idp)" }
        if let code = diagnosis.wecom?.code { metadata["wecomCode"] = "\(code)" }
        logger.log(level: refusal.reason == .internal ? .error : .info, "a logon was refused", metadata: metadata)
        do {
            try await store(diagnosis)
            events.nudge()
        } catch {
            logger.warning("a diagnosis was not kept", metadata: ["diagnosis": "\(diagnosis.id)", "error": "\(error)"])
        }
        return diagnosis
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

    /// The diagnosis of that id, in either case.
    func find(_ id: String) async throws -> Diagnosis? {
        let rows = try await database.run(
            "select diagnosis::text from verifier.diagnoses where id = \(id.uppercased())"
        )
        guard let json = try rows.first?.decode(String.self) else { return nil }
        return try JSONDecoder().decode(Diagnosis.self, from: Data(json.utf8))
    }
}
