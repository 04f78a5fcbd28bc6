/// Something that was sent, or is to be.
struct Delivery: Decodable, Sendable {
    let id: String
    let kind: String
    let notificationState: String
    let idpID: String?
    let webhookID: String?
    let via: String
    let state: String
    let attempts: Int
    let status: Int?
    let error: String?
    let raisedAt: String
    let deliveredAt: String?
}
