import FoundationEssentials
import Runtime

extension JSON {
    /// The value as people read it: a line for each member.
    var indented: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? shown
    }
}
