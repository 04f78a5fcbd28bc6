import JSONCoding
import MessageSchemas
import Testing

@testable import Control

/// Which changes the gate lets through, and which not and why.
@Suite struct ContractGateTests {
    static let refused = RefusedEdit.ofMembers + RefusedEdit.ofValues + RefusedEdit.ofTopics

    @Test(
        "a change that a released reader or writer could not live with is refused, with the reason",
        arguments: refused
    )
    func refuses(_ change: RefusedEdit) throws {
        let released = try ContractFolder.ofCode()
        let found = change.edit.apply(released).incompatibilities(with: released, called: "1.0")
        #expect(
            found.contains {
                $0.path == change.path && $0.victim == change.victim && $0.reason.contains(change.reason)
            },
            "\(found.map(\.description))"
        )
        #expect(found.allSatisfy { !$0.remedy.isEmpty && $0.release == "1.0" })
    }

    @Test("a change that everybody can live with is allowed", arguments: ContractEdit.allowed)
    func allows(_ edit: ContractEdit) throws {
        let released = try ContractFolder.ofCode()
        let found = edit.apply(released).incompatibilities(with: released, called: "1.0")
        #expect(found.isEmpty, "\(found.map(\.description))")
    }

    @Test("every change of the tables changes something, and there are 25 of each at least")
    func tables() throws {
        let released = try ContractFolder.ofCode()
        #expect(Self.refused.count >= 25 && ContractEdit.allowed.count >= 25)
        for edit in Self.refused.map(\.edit) + ContractEdit.allowed.dropFirst() {
            let changed = edit.apply(released)
            #expect(changed.schemas != released.schemas || changed.topics != released.topics, "\(edit.name)")
        }
    }

    @Test("what was allowed step by step is refused where it meets an older release")
    func transitively() throws {
        let first = try ContractFolder.ofCode()
        let second = ContractEdit("it goes", "user-page", "properties/origin") { _ in nil }.apply(first)
        let third = ContractEdit("its name comes again", "user-page", "properties/origin") { _ in .text }.apply(second)
        #expect(second.incompatibilities(with: first, called: "1.0").isEmpty)
        #expect(third.incompatibilities(with: second, called: "1.1").isEmpty)
        #expect(third.incompatibilities(with: first, called: "1.0").map(\.path) == ["origin"])
    }
}
