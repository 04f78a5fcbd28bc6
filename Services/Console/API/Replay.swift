/// A run that tells again what topics have, with whose it is, as the registry shows it to operators.
struct Replay: Decodable, Sendable {
    let tenantID: String
    let tenantName: String
    let idpName: String
    let run: Run
}
