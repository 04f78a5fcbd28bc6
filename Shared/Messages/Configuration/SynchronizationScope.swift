/// What part of the visible structure is synchronised.
public enum SynchronizationScope: Equatable, Sendable {
    /// The whole visible structure.
    case all
    /// These departments, with what is below them.
    case departments([Int64])
}

extension SynchronizationScope: Codable {
    private enum CodingKeys: String, CodingKey { case kind, departments }
    private enum Kind: String, Codable { case all, departments }

    /// Decodes `{"kind":"all"}` or `{"kind":"departments","departments":[…]}`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .kind) {
        case .all: self = .all
        case .departments: self = .departments(try container.decode([Int64].self, forKey: .departments))
        }
    }

    /// Encodes what ``init(from:)`` decodes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .all:
            try container.encode(Kind.all, forKey: .kind)
        case .departments(let departments):
            try container.encode(Kind.departments, forKey: .kind)
            try container.encode(departments, forKey: .departments)
        }
    }
}
