import FoundationEssentials
import Messages
import Sealing
import WeCom

/// What an operator finds under the id that the person was shown.
struct Diagnosis: Codable, Equatable, Sendable {
    /// What the person was shown, such as `K7QM-2XHD-9RTB`.
    let id: String
    /// The stable name of the reason.
    let reason: String
    /// When it happened.
    let time: Timestamp
    /// What happened.
    let explanation: String
    /// Who can mend it.
    let whoActs: String
    /// What helps.
    let fix: String
    /// The client that the person came from.
    let clientID: String?
    /// What the person typed.
    let enterpriseID: String?
    /// Whose identity provider it was.
    let tenantID: TenantID?
    /// Which identity provider it was.
    let idpID: IdentityProviderID?
    /// Its revision as the verifier knew it.
    let revision: Int64?
    /// WeCom's user id of the person.
    let externalID: String?
    /// What WeCom said.
    let wecom: WeComAnswer?
    /// More for operators.
    let detail: String?

    /// What WeCom said.
    struct WeComAnswer: Codable, Equatable, Sendable {
        /// Which call.
        let call: String
        /// `errcode`, where it was WeCom that spoke.
        let code: Int?
        /// `errmsg`, or the transport's words.
        let message: String
        /// What WeCom's support asks for.
        let hint: String?
    }

    /// A new id: twelve characters of an alphabet without look-alikes.
    static func makeID() -> String {
        let alphabet = Array("ABCDEFGHJKMNPQRSTUVWXYZ23456789")
        return (0..<3).map { _ in RandomText.make(4, of: alphabet) }.joined(separator: "-")
    }

    /// The diagnosis of a refusal.
    ///
    /// - Parameter isKept: Whether it is kept under a new id; else the id itself tells reason and time.
    init(_ refusal: Refusal, isKept: Bool = true, time: Timestamp = .now) {
        id = isKept ? Self.makeID() : DiagnosisNumber(refusal.reason, at: time).id
        reason = refusal.reason.rawValue
        self.time = time
        explanation = refusal.sentence
        whoActs = refusal.actor.rawValue
        fix = refusal.fix
        clientID = refusal.client
        enterpriseID = refusal.enterprise?.description
        tenantID = refusal.configuration?.tenant
        idpID = refusal.configuration?.id
        revision = refusal.configuration?.revision.rawValue
        externalID = refusal.externalID
        wecom = refusal.wecom.map {
            WeComAnswer(call: $0.path, code: $0.code, message: $0.message, hint: $0.hint)
        }
        detail = refusal.detail
    }
}
