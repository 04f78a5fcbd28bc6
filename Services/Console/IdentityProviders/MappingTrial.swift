import Runtime
import Web

/// What came of trying a mapping with real people.
struct MappingTrial: Sendable {
    var preview: MappingPreview?
    /// Why there is no preview.
    var obstacle: APIProblem?
    /// What expressions can call.
    var functions: [MappingLanguage.Function] = []

    /// What is wrong with an entry, by the registry's name of it; each a sentence.
    func faults(of name: String) -> [String] {
        (obstacle?.errors ?? []).filter { $0.field == name || $0.field.hasPrefix(name) }.map(\.message)
    }
}
