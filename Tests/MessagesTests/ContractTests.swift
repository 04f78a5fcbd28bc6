import Foundation
import MessageSchemas
import Messages
import Testing
import Yams

/// `docs/contracts` holds what others rely on; it follows the code, and nobody changes it unawares.
@Suite struct ContractTests {
    @Test("the committed contracts are those of the code")
    func committed() throws {
        let generated = Contracts.files
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "releases" }
        #expect(Set(names) == Set(generated.keys), "\(Self.advice)")
        for (name, text) in generated {
            let committed = try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
            #expect(committed == text, "\(name): \(Self.advice)")
        }
    }

    @Test("every kind of message of every topic has a schema, and no other")
    func complete() {
        let carried = TopicCatalogue.streams.flatMap(\.carries).map { Contracts.fileName(of: $0) }
        #expect(Set(Contracts.files.keys) == Set(carried + ["asyncapi.yaml"]))
    }

    @Test("asyncapi.yaml is YAML that names every topic with its messages and how long it keeps them")
    func asyncAPI() throws {
        let document = try asyncAPIDocument()
        #expect(document["asyncapi"]?.string == "3.0.0")
        let channels = try #require(document["channels"]?.mapping)
        #expect(channels.keys.map(\.string) == TopicCatalogue.streams.map(\.name))
        for topic in TopicCatalogue.streams {
            let channel = try #require(channels[Node(topic.name)])
            #expect(channel["address"]?.string == topic.name)
            #expect(channel["messages"]?.mapping?.keys.map(\.string) == topic.carries.map(\.rawValue))
            let configuration = channel["bindings"]?["kafka"]?["topicConfiguration"]
            switch topic.retention {
            case .compacted: #expect(configuration?["cleanup.policy"]?[0]?.string == "compact")
            case .days(let days): #expect(configuration?["retention.ms"]?.int == days * 24 * 3_600 * 1_000)
            }
        }
    }

    @Test("every reference of asyncapi.yaml leads somewhere")
    func references() throws {
        let document = try asyncAPIDocument()
        let references = references(in: document)
        #expect(!references.isEmpty)
        for reference in references {
            if reference.hasPrefix("./") {
                #expect(Contracts.files[String(reference.dropFirst(2))] != nil, "\(reference)")
            } else {
                let target = reference.dropFirst(2).split(separator: "/").reduce(Optional(document)) { $0?[String($1)] }
                #expect(target != nil, "\(reference)")
            }
        }
    }

    private static let advice = """
        the contract differs from the code. If the change is meant, see that bridgectl contracts check lets it through, \
        run bridgectl contracts write and commit docs/contracts.
        """

    private var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/contracts").standardized
    }

    private func asyncAPIDocument() throws -> Node {
        let text = try #require(Contracts.files["asyncapi.yaml"])
        return try #require(try Yams.compose(yaml: text))
    }

    private func references(in node: Node) -> [String] {
        switch node {
        case .mapping(let mapping):
            mapping.flatMap { key, value in
                if key.string == "$ref" { [value.string ?? ""] } else { references(in: value) }
            }
        case .sequence(let sequence): sequence.flatMap { references(in: $0) }
        default: []
        }
    }
}
