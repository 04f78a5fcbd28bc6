/// By which keys a service's secrets are sealed, and how far a rotation has come, as registry and verifier show it.
struct SealingState: Decodable, Sendable {
    struct Rotation: Decodable, Sendable {
        let keyID: String
        let startedAt: String
        let startedBy: String
        let doneAt: String?
    }

    struct Count: Decodable, Sendable {
        let place: String
        let keyID: String
        let count: Int
    }

    struct Key: Decodable, Sendable {
        let keyID: String
        let use: String
        let travelsUntil: String?
        let copies: Int
    }

    /// Who needs a key.
    static let uses = ["current", "seals", "rests", "travels", "kept", "free"]

    let copies: Int
    let rotation: Rotation?
    let secrets: [Count]
    let keys: [Key]

    /// The keys that every running copy has, so that everything can be sealed by any of them.
    var common: Set<String> { Set(keys.filter { $0.copies >= max(copies, 1) }.map(\.keyID)) }
}
