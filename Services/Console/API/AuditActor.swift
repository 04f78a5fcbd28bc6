/// Who did something.
struct AuditActor: Decodable, Sendable {
    let kind: String
    let id: String?
    let name: String
}
