import Foundation
import Testing

@testable import Control

/// What the gate takes contracts from.
@Suite struct CheckContractsTests {
    static let cancelRun = "wecombridge.cancel-run.v1.schema.json"

    @Test("before the first release any change is allowed")
    func nothingReleased() throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        let (releases, found) = try ground.check()
        #expect(releases == [] && found == [])
    }

    @Test("a folder is compared, and one without contracts is told")
    func folder() throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        let folder = ground.file("docs/contracts").path
        #expect(try ground.check(against: folder).found == [])
        let gone = "wecombridge.gone.v1.schema.json"
        try ground.copy("docs/contracts/wecombridge.cancel-run.v1.schema.json", to: "docs/contracts/\(gone)")
        #expect(try ground.check(against: folder).found == ["\(folder) \(gone): the message is gone."])
        #expect(throws: UnreadableContracts.self) { try ground.check(against: ground.file("Tests").path) }
    }

    @Test("a commit is compared, and a release of it has to stay as it is while later ones may come")
    func commit() throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        try ground.release("1.0")
        try ground.commit()
        try ground.release("1.1")
        #expect(try ground.check(against: "HEAD").found == [])
        let released = "docs/contracts/releases/1.0"
        try ground.write("{}", to: "\(released)/samples/wecombridge.cancel-run.v1.json")
        try FileManager.default.removeItem(at: ground.file("\(released)/samples/wecombridge.ask-for.v1.json"))
        let reason = "what was released is changed or gone."
        #expect(
            try ground.check(against: "HEAD").found == [
                "HEAD \(released)/samples/wecombridge.ask-for.v1.json: \(reason)",
                "HEAD \(released)/samples/wecombridge.cancel-run.v1.json: \(reason)",
            ]
        )
        #expect(throws: UnreadableContracts.self) { try ground.check(against: "no-such-commit") }
    }

    @Test("a committed file that was edited is judged besides the code, and is told not to be the code's")
    func editedFile() throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        try ground.release("1.0")
        #expect(try ground.gate().unwritten() == [])
        try ground.write("{}", to: "docs/contracts/\(Self.cancelRun)")
        #expect(try ground.check().found == ["1.0 \(Self.cancelRun): it was object and is anything."])
        #expect(try ground.gate().unwritten() == [Self.cancelRun])
        try ground.write("{", to: "docs/contracts/\(Self.cancelRun)")
        #expect(throws: UnreadableContracts.self) { try ground.check() }
    }

    @Test("committed files that are gone are refused", arguments: [cancelRun, "asyncapi.yaml"])
    func goneFile(name: String) throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        try ground.release("1.0")
        try FileManager.default.removeItem(at: ground.file("docs/contracts/\(name)"))
        let reason = name == Self.cancelRun ? "the message is gone." : "nothing is said of topics any more."
        #expect(try ground.check().found == ["1.0 \(name): \(reason)"])
        #expect(try ground.gate().unwritten() == [name])
    }

    @Test("what code and files have both is told once")
    func editedTwice() throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        try ground.release("1.0")
        let gone = "wecombridge.gone.v1.schema.json"
        let edited = "docs/contracts/\(Self.cancelRun)"
        try ground.write(String(contentsOf: ground.file(edited), encoding: .utf8) + "\n", to: edited)
        try ground.copy(edited, to: "docs/contracts/releases/1.0/\(gone)")
        #expect(try ground.gate().unwritten() == [Self.cancelRun])
        #expect(try ground.check().found == ["1.0 \(gone): the message is gone."])
    }

    @Test("a folder that was edited is judged in the place of the code")
    func editedFolder() throws {
        let ground = try ContractGround()
        defer { ground.remove() }
        try ground.release("1.0")
        try ground.copy("docs/contracts", to: "edited")
        let edited = ground.file("edited").path
        #expect(try ground.check(present: edited).found == [])
        let yaml = try String(contentsOf: ground.file("edited/asyncapi.yaml"), encoding: .utf8)
        let shorter = yaml.replacing("retention.ms: 7776000000", with: "retention.ms: 1")
        try ground.write(shorter, to: "edited/asyncapi.yaml")
        let reason = "it keeps records for less long, and who was away for as long as was promised loses some."
        #expect(try ground.check(present: edited).found == ["1.0 asyncapi.yaml: \(reason)"])
        #expect(try ground.gate(present: edited).unwritten() == [])
        #expect(try ground.check().found == [])
        try FileManager.default.removeItem(at: ground.file("edited/\(Self.cancelRun)"))
        #expect(try ground.check(present: edited).found.contains("1.0 \(Self.cancelRun): the message is gone."))
        let nowhere = ground.file("nowhere").path
        #expect(throws: UnreadableContracts.self) { try ground.check(present: nowhere) }
    }
}
