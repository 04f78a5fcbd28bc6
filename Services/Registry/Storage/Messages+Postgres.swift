import FoundationEssentials
public import Messages
public import Postgres
import Runtime

extension SQL.StringInterpolation {
    /// JSON: becomes a parameter, and nil null.
    mutating func appendInterpolation(json bytes: [UInt8]?) {
        appendInterpolation(utf8: bytes)
        appendLiteral("::jsonb")
    }

    /// A column of moments, selected so that it is read as a `Timestamp`.
    mutating func appendInterpolation(time column: StaticString) {
        appendLiteral("(extract(epoch from \(column)) * 1000)::bigint")
    }
}

extension Timestamp: PostgresEncodable, PostgresDecodable {
    /// A `timestamptz`.
    public var postgresParameter: Parameter { .text(description) }

    /// Reads milliseconds since 1970.
    public init?(column: String?) {
        guard let milliseconds = Int64(column: column) else { return nil }
        self.init(millisecondsSince1970: milliseconds)
    }
}

extension Identifier where Self: PostgresEncodable {
    /// A `uuid`.
    public var postgresParameter: Parameter { uuid.postgresParameter }
}

extension Identifier where Self: PostgresDecodable {
    /// Reads a `uuid`.
    public init?(column: String?) {
        guard let uuid = UUID(column: column) else { return nil }
        self.init(uuid)
    }
}

extension TenantID: PostgresEncodable, PostgresDecodable {}
extension ClientID: PostgresEncodable, PostgresDecodable {}
extension UserID: PostgresEncodable, PostgresDecodable {}
extension IdentityProviderID: PostgresEncodable, PostgresDecodable {}
extension RunID: PostgresEncodable, PostgresDecodable {}
extension Revision: PostgresEncodable, PostgresDecodable {}
extension Epoch: PostgresEncodable, PostgresDecodable {}
extension Fence: PostgresEncodable, PostgresDecodable {}
extension RunSync.Kind: PostgresEncodable, PostgresDecodable {}
extension RunSync.Cause: PostgresEncodable, PostgresDecodable {}
extension RunOutcome: PostgresEncodable, PostgresDecodable {}
extension RunEndCause: PostgresEncodable, PostgresDecodable {}
extension Generation: PostgresEncodable, PostgresDecodable {}

extension EnterpriseID: PostgresDecodable {
    /// Reads the text.
    public init?(column: String?) {
        guard let column else { return nil }
        self.init(column)
    }
}

extension RunCounts: PostgresDecodable {
    /// Reads JSON; null is nothing counted.
    public init?(column: String?) {
        guard let column else {
            self.init()
            return
        }
        guard let counts = try? MessageJSON.decoder.decode(RunCounts.self, from: Data(column.utf8)) else { return nil }
        self = counts
    }
}

extension Encodable {
    /// What is stored of a part of a message: its JSON.
    var storedJSON: [UInt8] {
        get throws { [UInt8](try MessageJSON.encoder.encode(self)) }
    }
}

/// A part of a message that is stored as its JSON.
protocol StoredAsJSON: Decodable, PostgresDecodable {}

extension StoredAsJSON {
    /// Reads JSON.
    public init?(column: String?) {
        guard let column, let value = try? MessageJSON.decoder.decode(Self.self, from: Data(column.utf8)) else {
            return nil
        }
        self = value
    }

    /// Reads a list, which is JSON, too.
    public static func array(column: String) -> [Self]? {
        try? MessageJSON.decoder.decode([Self].self, from: Data(column.utf8))
    }
}

extension RunTarget: StoredAsJSON {}
extension HeldSelection: StoredAsJSON {}
extension FieldReport: StoredAsJSON {}

extension JSON: PostgresDecodable {
    /// Reads JSON.
    init?(column: String?) {
        guard let column, let json = try? JSON(parsing: Data(column.utf8)) else { return nil }
        self = json
    }
}
