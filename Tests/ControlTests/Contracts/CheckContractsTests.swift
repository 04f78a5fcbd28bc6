import Foundation
import Testing

@testable import Control

/// What the gate takes contracts from.
@Suite struct CheckContractsTests {
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
}
