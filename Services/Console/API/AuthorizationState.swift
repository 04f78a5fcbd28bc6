enum AuthorizationState: String, Decodable, Sendable { case pending, authorized, lapsed, revoked }

/// A field that the tenant adds to its directory's users.
struct ExtendedField: Decodable, Sendable {
    static let types = ["text", "integer", "decimal", "boolean", "date", "choice", "textList"]

    let key: String
    let titles: [String: String]
    let type: String
    let options: [String]
    let isRequired: Bool
    let isVisible: Bool

    /// Its title in a language, or in another one.
    func title(in language: Language) -> String {
        titles.sorted { $0.key < $1.key }.first { $0.key.hasPrefix(language.prefix) }?.value
            ?? titles.sorted { $0.key < $1.key }.first?.value ?? key
    }
}
