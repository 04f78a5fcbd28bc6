/// Whom a token is for (RFC 7519 §4.1.3): one name as a text, several as a list.
struct Audience: Codable, Equatable, Sendable {
    /// What an access token is for besides us, where its client asked for `registry`.
    static let registry = "registry"

    let names: [String]

    init(_ names: String...) { self.names = names }

    func contains(_ name: String) -> Bool { names.contains(name) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let name = try? container.decode(String.self) {
            names = [name]
        } else {
            names = try container.decode([String].self)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if names.count == 1 { try container.encode(names[0]) } else { try container.encode(names) }
    }
}
