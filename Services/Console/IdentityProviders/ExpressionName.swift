/// A name that can stand in an expression, to be completed while somebody types.
struct ExpressionName: Equatable, Sendable {
    let name: String
    let hint: String?

    /// WeCom's fields, functions, and the fields that the enterprise added, as far as somebody real has them.
    static func all(of language: MappingLanguage, _ sources: [String: String]) -> [ExpressionName] {
        let prefix = "extattr."
        let own = sources.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map { source, example in
            ExpressionName(name: "extattr(\(literal(source.dropFirst(prefix.count))))", hint: example)
        }
        return language.fields.map { ExpressionName(name: $0.name, hint: sources[$0.name]) } + own
            + language.functions.map { function in
                let (call, signature) = ("\(function.name)(", function.signature)
                return ExpressionName(name: signature == "\(call))" ? signature : call, hint: signature)
            }
    }

    private static func literal(_ text: Substring) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
