/// Reads the fields of a JSON object and gathers every mistake in them, unknown fields among them.
///
/// What a body may hold is a ``Rule``, made by ``object(_:)``; a request is read by it with `Request.form(_:context:)`.
public struct Form {
    private let fields: [String: JSON]
    private var known: Set<String> = []
    private var mistakes: [FieldError] = []

    /// Throws unless the value is an object.
    public init(_ json: JSON) throws(Mistakes) {
        guard case .object(let fields) = json else { throw Mistakes("Give an object in { }, not \(json.shown).") }
        self.fields = fields
    }

    /// A field that may be left out; nil then, and nil when it is wrong.
    public mutating func optional<Value>(_ name: String, _ rule: Rule<Value>) -> Value? {
        known.insert(name)
        guard let json = fields[name] else { return nil }
        do throws(Mistakes) {
            return try rule.read(json)
        } catch {
            mistakes += error.all.map { $0.within(name) }
            return nil
        }
    }

    /// A field that must be there; nil when it is missing or wrong.
    public mutating func required<Value>(_ name: String, _ rule: Rule<Value>) -> Value? {
        if fields[name] == nil { mistakes.append(FieldError(name, "This field is missing.")) }
        return optional(name, rule)
    }

    /// A field that is allowed elsewhere and must not be here.
    public mutating func forbidden(_ name: String, _ message: String) {
        known.insert(name)
        if fields[name] != nil { mistakes.append(FieldError(name, message)) }
    }

    /// What is wrong with the fields together.
    public mutating func add(_ message: String, to field: String) {
        mistakes.append(FieldError(field, message))
    }

    /// Throws all mistakes, and a field that nothing asked for is one.
    public mutating func finish() throws(Mistakes) {
        let unknown = fields.keys.filter { !known.contains($0) }.sorted()
        let names = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
        mistakes += unknown.map { FieldError($0, "\(Self.unknownField)\(names).") }
        guard mistakes.isEmpty else { throw Mistakes(mistakes) }
    }

    private static let unknownField = "There is no such field. The fields are "

    /// The fields of the mistakes that are about unknown fields.
    public static func unknownFields(in mistakes: Mistakes) -> [String] {
        mistakes.all.filter { $0.message.hasPrefix(unknownField) }.map(\.field)
    }

    /// A rule for an object without fields.
    public static let empty = Form.object { _ throws(Mistakes) in () }

    /// A rule for an object: `body` reads its fields.
    public static func object<Value>(_ body: @escaping @Sendable (inout Form) throws(Mistakes) -> Value?) -> Rule<Value>
    {
        Rule<Value> { json throws(Mistakes) in
            var form = try Form(json)
            let value = try body(&form)
            try form.finish()
            guard let value else { throw Mistakes([]) }
            return value
        }
    }
}
