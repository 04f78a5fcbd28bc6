/// What the directory has and runs do not show.
struct MissingObject: Decodable, Sendable {
    let kind: String
    let externalID: String
    let userID: String?
    let name: String?
    let state: String
    let hold: String?
    let reason: String?
    let since: String
    let heldAt: String?
}
