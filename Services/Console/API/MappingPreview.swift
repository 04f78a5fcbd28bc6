/// What a mapping makes of a real person.
struct MappingPreview: Decodable, Sendable {
    struct Person: Decodable, Sendable {
        let externalID: String
        let name: String?
        let values: [String: String]
        let sources: [String: String]
        let problems: [String]
    }

    let people: [Person]
}
