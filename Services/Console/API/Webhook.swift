/// A webhook that tells of a tenant's identity providers.
struct Webhook: Decodable, Sendable {
    let id: String
    let revision: Int
    let url: String
    let description: String
    let kinds: [String]
    let enabled: Bool
    let failuresInARow: Int
    let restingUntil: String?
    let secret: String?
}
