import Foundation
import Testing

/// Whether the writer's statements are about whichever directory their connection is to.
struct StatementSchemaTests {
    @Test("no statement names the schema of the live directory, but those that compare it with a rebuilt one")
    func unqualified() throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let folder = root.appendingPathComponent("Services/Writer").path
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Rebuild/") }
        #expect(files.contains("Intake/SourceStore.swift"))
        for file in files {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            let named = text.firstMatch(of: #/(from|join|into|update|copy|using|on|null::) ?directory\.[a-z_]+/#)
            #expect(named == nil, "\(file): \(named.map { String($0.output.0) } ?? "")")
        }
    }
}
