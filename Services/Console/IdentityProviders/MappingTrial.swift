import Runtime
import Web

/// What came of trying a mapping with real people.
struct MappingTrial: Sendable {
    /// What expressions can name and call.
    let language: MappingLanguage
    var preview: MappingPreview?
    /// What the saved rules make of them, where what was typed makes nothing of anybody.
    var fallback: MappingPreview?
    /// Whoever is shown first, as the directory has them now.
    var stored: DirectoryUser?
    /// Why there is no preview, or why what was typed was not saved.
    var obstacle: APIProblem?

    /// What is wrong with an entry, by the registry's name of it; each a sentence.
    func faults(of name: String) -> [String] {
        (obstacle?.errors ?? []).filter { $0.field == name || $0.field.hasPrefix(name) }.map(\.message)
    }

    /// Where the mistake is in an expression.
    ///
    /// - Parameter rule: Its place in the mapping; nil for the filter.
    func place(in expression: String?, of rule: Int?) -> ExpressionPlace? {
        guard let expression, let mistake = obstacle?.expressions.first(where: { $0.rule == rule }) else { return nil }
        return ExpressionPlace(expression, at: mistake.position)
    }
}

/// A mistake's place in an expression.
struct ExpressionPlace: Equatable, Sendable {
    let before: String
    /// The word that the mistake begins with; empty at the end.
    let word: String
    let after: String
    /// How far a browser counts to it, which does so by UTF-16.
    let offset: Int

    /// - Parameter position: Characters before the mistake.
    init(_ expression: String, at position: Int) {
        before = String(expression.prefix(position))
        let rest = expression.dropFirst(position)
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        word = String(name.isEmpty ? rest.prefix(1) : name)
        after = String(rest.dropFirst(word.count))
        offset = before.utf16.count
    }
}
