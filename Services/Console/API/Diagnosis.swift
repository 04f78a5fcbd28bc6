/// What stands behind the diagnosis id of a failed logon.
struct Diagnosis: Decodable, Sendable {
    struct WeCom: Decodable, Sendable {
        let call: String
        let code: Int?
        let message: String
        let hint: String?
    }

    let id: String
    let reason: String
    let time: String
    let explanation: String
    let whoActs: String
    let fix: String
    let tenantID: String?
    let idpID: String?
    let externalID: String?
    let wecom: WeCom?
    let detail: String?
}
