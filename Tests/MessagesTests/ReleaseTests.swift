import Foundation
import JSONCoding
import Messages
import Testing

/// What was released is read by today's code, and today's messages by the readers of every release.
@Suite struct ReleaseTests {
    /// Contracts with a sample of every message.
    struct Release: CustomTestStringConvertible {
        let name: String
        let schemas: URL
        let samples: URL

        var testDescription: String { name }
    }

    /// Every release, and what would be released now.
    static var releases: [Release] {
        let folder = root.appending(path: "docs/contracts/releases")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        let released = names.sorted().map { name in
            let schemas = folder.appending(path: name)
            return Release(name: name, schemas: schemas, samples: schemas.appending(path: "samples"))
        }
        let present = Release(
            name: "present",
            schemas: root.appending(path: "docs/contracts"),
            samples: root.appending(path: "Tests/MessagesTests/Samples")
        )
        return released + [present]
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    @Test("samples of every release are decoded by today's types", arguments: releases)
    func backward(release: Release) throws {
        let types = Dictionary(
            uniqueKeysWithValues: MessageSamples.all.map { (type(of: $0).type.rawValue, type(of: $0)) }
        )
        let names = try FileManager.default.contentsOfDirectory(atPath: release.samples.path())
        #expect(!names.isEmpty)
        for name in names {
            let type = try #require(types[String(name.dropLast(".json".count))], "\(name) is of a type that is gone")
            let json = [UInt8](try Data(contentsOf: release.samples.appending(path: name)))
            #expect(throws: Never.self, "\(name)") { _ = try type.decode(json) }
        }
    }

    @Test("today's messages are of the form that readers of every release take", arguments: releases)
    func forward(release: Release) throws {
        var count = 0
        for message in MessageSamples.all {
            let file = release.schemas.appending(path: "\(type(of: message).type).schema.json")
            // A message that came later has no reader in that release.
            guard let text = try? Data(contentsOf: file) else { continue }
            let schema = SchemaDocument(try JSONValue(parsing: [UInt8](text)))
            #expect(
                schema.complaints(about: try JSONValue(parsing: message.encode())) == [],
                "\(file.lastPathComponent)"
            )
            count += 1
        }
        #expect(count > 0)
    }
}
