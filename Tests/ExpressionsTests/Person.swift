@testable import Expressions

/// A person with what the fields of WeCom hold, as texts; lists with commas, extended attributes as `extattr.<name>`,
/// and `departmentPath()`.
struct Person {
    static let vocabulary = Vocabulary(
        [
            "userid": .text, "name": .text, "alias": .text, "email": .text, "biz_mail": .text, "mobile": .text,
            "telephone": .text, "gender": .text, "status": .number, "department": .list, "direct_leader": .list,
        ]
    )

    private let fields: [String: String]

    init(_ fields: [String: String] = [:]) { self.fields = fields }

    /// What an expression makes of the person.
    func value(of source: String) throws -> Value? {
        let expression = try Expression(source, in: Self.vocabulary)
        return try expression.value { value(of: expression.references[$0]) }
    }

    private var path: [String]? { fields["departmentPath()"].map { $0.split(separator: ",").map(String.init) } }

    func value(of reference: Reference) -> Value {
        switch reference {
        case .attribute(let name): fields["extattr.\(name)"].map(Value.text) ?? .absent
        case .departmentPath: path.map(Value.list) ?? .absent
        case .departmentName: path?.last.map(Value.text) ?? .absent
        case .field(let name):
            fields[name].map { text in
                switch Self.vocabulary.fields[name] {
                case .number: .number(Double(text) ?? 0)
                case .list: .list(text.split(separator: ",").map(String.init))
                default: .text(text)
                }
            } ?? .absent
        }
    }
}
