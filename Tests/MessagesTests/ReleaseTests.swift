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
        // What is cut at this moment has no version yet.
        let released = names.filter { $0.first?.isNumber == true }.sorted().map { name in
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
            guard let message = try? type.decode(json) else {
                Issue.record("\(name) is not read")
                continue
            }
            // Read, and told as those tell it who read it then.
            let told = try JSONValue(parsing: message.encode())
            #expect(try schema(of: type.type, in: release)?.complaints(about: told) == [], "\(name)")
        }
    }

    @Test("every message of a release has a sample, and no other", arguments: releases)
    func complete(release: Release) throws {
        let schemas = try FileManager.default.contentsOfDirectory(atPath: release.schemas.path())
            .filter { $0.hasSuffix(Self.schemaSuffix) }.map { "\($0.dropLast(Self.schemaSuffix.count)).json" }
        let samples = try FileManager.default.contentsOfDirectory(atPath: release.samples.path())
        #expect(Set(schemas) == Set(samples))
    }

    @Test("today's messages are of the form that readers of every release take", arguments: releases)
    func forward(release: Release) throws {
        var count = 0
        for message in MessageSamples.all {
            // A message that came later has no reader in that release.
            guard let schema = try schema(of: type(of: message).type, in: release) else { continue }
            #expect(
                schema.complaints(about: try JSONValue(parsing: message.encode())) == [],
                "\(type(of: message).type)"
            )
            count += 1
        }
        #expect(count > 0)
    }

    private static let schemaSuffix = ".schema.json"

    private func schema(of type: MessageType, in release: Release) throws -> SchemaDocument? {
        let file = release.schemas.appending(path: "\(type)\(Self.schemaSuffix)")
        guard let text = try? Data(contentsOf: file) else { return nil }
        return SchemaDocument(try JSONValue(parsing: [UInt8](text)))
    }
}
