/// Something that needs somebody and is not over, as the registry shows it to operators.
struct OpenCondition: Decodable, Sendable {
    let tenantID: String
    let tenantName: String
    let idpID: String
    let idpName: String
    let kind: String
    let since: String
    let times: Int
    let sentence: String
    let fix: String
    let run: String?
    let lastSuccessAt: String?
}
