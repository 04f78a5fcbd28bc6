/// Whom WeCom messages of an identity provider's notifications go to.
struct MessageSettings: Decodable, Sendable {
    let enabled: Bool
    let recipients: [String]
    let kinds: [String]
    let revision: Int
}
