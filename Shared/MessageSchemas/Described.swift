import JSONCoding
import Messages
import Sealing

/// What states the form of its JSON.
protocol Described {
    /// The form of its JSON.
    static var jsonSchema: JSONSchema { get }
}

extension Described where Self: RawRepresentable & CaseIterable, RawValue == String {
    static var jsonSchema: JSONSchema { .one(of: allCases.map(\.rawValue)) }
}

extension Described where Self: RawRepresentable & CaseIterable, RawValue == Int {
    static var jsonSchema: JSONSchema { .one(of: allCases.map(\.rawValue)) }
}

extension Described where Self: Identifier {
    static var jsonSchema: JSONSchema { .text(format: "uuid") }
}

extension Described where Self: RawRepresentable, RawValue == Int64 {
    static var jsonSchema: JSONSchema { .integer() }
}

extension Bool: Described { static let jsonSchema = JSONSchema.boolean }
extension Int: Described { static let jsonSchema = JSONSchema.integer() }
extension Int64: Described { static let jsonSchema = JSONSchema.integer() }
extension String: Described { static let jsonSchema = JSONSchema.text() }

extension Array: Described where Element: Described {
    static var jsonSchema: JSONSchema { .list(of: Element.jsonSchema) }
}

extension Dictionary: Described where Key == String, Value: Described {
    static var jsonSchema: JSONSchema { .map(to: Value.jsonSchema) }
}

/// What WeCom answered: an array of its own objects.
extension RawJSON: Described { static let jsonSchema = JSONSchema.list(of: .foreignObject) }

extension SealedSecret: Described { static let jsonSchema = JSONSchema.text() }

extension ClientID: Described {}
extension IdentityProviderID: Described {}
extension RunID: Described {}
extension TenantID: Described {}
extension UserID: Described {}
extension Incarnation: Described {}
extension EventID: Described {}
extension Epoch: Described {}
extension Fence: Described {}
extension Revision: Described {}
extension Generation: Described {}
extension MappingNumber: Described {}
extension UserIDCase: Described {}

extension Timestamp: Described { static let jsonSchema = JSONSchema.text(format: "date-time") }
extension ContentDigest: Described { static let jsonSchema = JSONSchema.text(pattern: "^[0-9a-f]{32}$") }

extension DigestList: Described { static let jsonSchema = JSONSchema.text(pattern: "^([0-9a-f]{32})*$") }

extension EnterpriseID: Described {
    static let jsonSchema = JSONSchema.text(pattern: "^[\(String(alphabet))]{\(length)}$")
}

extension ClientName: Described { static let jsonSchema = JSONSchema.text(pattern: "^[!-~]{1,200}$") }

extension IdentityProviderName: Described { static let jsonSchema = JSONSchema.text(length: length) }

extension SyncCycle: Described { static let jsonSchema = JSONSchema.integer(in: allowed) }

extension SynchronizationScope: Described {
    static let jsonSchema = JSONSchema.either([
        .object(required: ["kind"], [(key: "kind", value: .one(of: ["all"]))]),
        .object(
            required: ["kind", "departments"],
            [(key: "kind", value: .one(of: ["departments"])), (key: "departments", value: [Int64].jsonSchema)]
        ),
    ])
}
