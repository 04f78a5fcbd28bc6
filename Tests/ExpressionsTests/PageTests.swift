import Foundation
import Testing

@testable import Expressions

@Suite
struct PageTests {
    @Test("the page tells every function with its sentence and example", arguments: FunctionCatalogue.all.map(\.name))
    func functions(name: String) throws {
        let function = try #require(FunctionCatalogue.function(name))
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/expressions.md"), encoding: .utf8)
        let section = try #require(
            page.components(separatedBy: "\n### ").first { $0.hasPrefix("`\(function.signature)`") }
        )
        #expect(section.contains(function.sentence))
        #expect(section.contains("`\(function.example.source)`"))
        #expect(section.contains("gives `\(function.example.result)`"))
        for (field, value) in function.example.fields {
            #expect(section.contains(field.replacing("extattr.", with: "extattr(\"")) && section.contains("`\(value)`"))
        }
    }
}
