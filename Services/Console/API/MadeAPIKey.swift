/// An API key with its secret, which is shown this once.
struct MadeAPIKey: Decodable, Sendable {
    let id: String
    let name: String
    let key: String
}
