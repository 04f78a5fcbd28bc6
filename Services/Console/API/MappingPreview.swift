/// What a mapping makes of real people.
struct MappingPreview: Decodable, Sendable {
    struct Person: Decodable, Sendable {
        let externalID: String
        let name: String?
        let before: [String: String]
        let values: [String: String]
        let changes: [String]
        /// Fields that stay as the directory has them, as nothing is said of them.
        let kept: [String]?
        /// Fields that stay as the directory has them, as their rules are for new people only.
        let onlyForNew: [String]?
        /// Keys of required fields that would be empty.
        let missingRequired: [String]?
        let sources: [String: String]
        let problems: [String]
        let isFiltered: Bool
    }

    struct Counts: Decodable, Sendable {
        let people: Int
        let filtered: Int
        let changed: Int
        let failed: Int
        let missingRequired: Int?
    }

    struct Collision: Decodable, Sendable {
        let field: String
        let value: String
        let people: [String]
    }

    let people: [Person]
    let counts: Counts
    let collisions: [Collision]
    /// How many departments were not looked into, though too few people were found.
    let departmentsNotSearched: Int?
    /// Why something is not known, a sentence each; the directory is the one thing of which that is told.
    let unknown: [String: String]?
}

/// What expressions are made of.
struct MappingLanguage: Decodable, Sendable {
    struct Example: Decodable, Sendable {
        let expression: String
        let result: String
    }

    struct Function: Decodable, Sendable {
        let name: String
        let signature: String
        let sentence: String
        let example: Example
    }

    struct Field: Decodable, Sendable {
        let name: String
    }

    let fields: [Field]
    let functions: [Function]
}
