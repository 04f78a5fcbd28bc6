/// A key that signs tokens, as the verifier shows it.
struct SigningKey: Decodable, Sendable {
    /// How far keys come.
    static let phases = ["published", "signing", "retired", "withdrawn"]

    let id: String
    let algorithm: String
    let phase: String
    let createdAt: String
    let signsAt: String
}
