import ArgumentParser
import Foundation
import MessageSchemas
import Testing

@testable import Control

/// How a release of the contracts is cut, and when not.
@Suite struct ReleaseContractsTests {
    private static let cancelRun = "wecombridge.cancel-run.v1.schema.json"

    @Test("a release has the contracts as they are and a sample of every message, and nothing else")
    func whole() throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        try ground.release("1.0")
        var expected = Contracts.files.mapValues { Data($0.utf8) }
        for (name, sample) in try ground.contents(of: "Tests/MessagesTests/Samples") {
            expected["samples/\(name)"] = sample
        }
        #expect(try ground.contents(of: "docs/contracts/releases/1.0") == expected)
        #expect(try ground.check().releases == ["1.0"])
        #expect(try ground.check().found == [])
    }

    @Test("the same contracts are released as the same files, whatever lies about and was left unfinished")
    func deterministic() throws {
        let (one, other) = (try ContractGround(), try ContractGround())
        defer {
            one.remove()
            other.remove()
        }
        try FileManager.default.createDirectory(
            at: other.file("docs/contracts/releases/.unfinished"),
            withIntermediateDirectories: true
        )
        try other.write("{}", to: "docs/contracts/releases/.unfinished/left.json")
        try other.write("{}", to: "Tests/MessagesTests/Samples/notes.txt")
        try one.release("1.0")
        try other.release("1.0")
        let folder = "docs/contracts/releases"
        #expect(try one.contents(of: folder) == other.contents(of: folder))
    }

    @Test("what is released is not released again, nor something earlier", arguments: ["1.2", "1.1", "0.9"])
    func released(version: String) throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        try ground.release("1.2")
        let before = try ground.contents(of: "docs/contracts/releases")
        let refusal = #expect(throws: RefusedRelease.self) { try ground.release(version) }
        #expect(refusal?.description.contains("1.2 is released") == true)
        #expect(try ground.contents(of: "docs/contracts/releases") == before)
    }

    @Test("the tenth version comes after the ninth")
    func order() throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        try ground.release("1.9")
        try ground.release("1.10")
        #expect(try ground.check().releases == ["1.9", "1.10"])
        #expect(throws: RefusedRelease.self) { try ground.release("1.9") }
    }

    @Test("contracts that are not written as the code has them are not released")
    func unwritten() throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        try ground.write("asyncapi: \"3.0.0\"\n", to: "docs/contracts/asyncapi.yaml")
        let refusal = #expect(throws: RefusedRelease.self) { try ground.release("1.0") }
        #expect(refusal?.description.contains("docs/contracts/asyncapi.yaml is not as the code has it") == true)
        #expect(!ground.has("docs/contracts/releases"))
    }

    @Test("a message without a sample is not released")
    func withoutSample() throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        let sample = "Tests/MessagesTests/Samples/wecombridge.cancel-run.v1.json"
        try FileManager.default.removeItem(at: ground.file(sample))
        let refusal = #expect(throws: RefusedRelease.self) { try ground.release("1.0") }
        #expect(refusal?.description.contains(sample) == true)
        #expect(!ground.has("docs/contracts/releases"))
    }

    @Test("what any earlier release could not live with is not released, with the reason")
    func incompatible() throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        try ground.release("1.0")
        try ground.release("1.1")
        // As if the first release had had a message more.
        let gone = "wecombridge.gone.v1.schema.json"
        try ground.copy("docs/contracts/\(Self.cancelRun)", to: "docs/contracts/releases/1.0/\(gone)")
        #expect(try ground.check().found == ["1.0 \(gone): the message is gone."])
        let refusal = #expect(throws: RefusedRelease.self) { try ground.release("1.2") }
        #expect(refusal?.description.contains("\(gone): the message is gone.") == true)
        #expect(!ground.has("docs/contracts/releases/1.2"))
    }

    @Test("a version is two numbers", arguments: ["1", "1.0.0", "01.0", "v1.0", "1.x", "../1.0", ""])
    func form(version: String) {
        #expect(throws: (any Error).self) { try ReleaseContracts.parse([version]) }
    }
}
