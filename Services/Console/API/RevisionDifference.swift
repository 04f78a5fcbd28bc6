/// What differs between two states of the settings.
struct RevisionDifference: Decodable, Sendable {
    let from: Int
    let to: Int
    let changes: [String: Revision.Change]
}
