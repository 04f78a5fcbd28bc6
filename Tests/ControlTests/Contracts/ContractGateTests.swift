import JSONCoding
import MessageSchemas
import Testing

@testable import Control

/// Which changes the gate lets through, and which not and why.
@Suite struct ContractGateTests {
    static let refused: [RefusedEdit] = [
        RefusedEdit.ofMembers, RefusedEdit.ofValues, RefusedEdit.ofWords, RefusedEdit.ofBounds, RefusedEdit.ofTopics,
        RefusedEdit.ofRecords, RefusedEdit.ofKeeping,
    ].flatMap { $0 }
    static let allowed: [ContractEdit] = [
        ContractEdit.allowed, ContractEdit.sameMeaning, ContractEdit.annotations,
    ].flatMap { $0 }

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

    @Test("a change that everybody can live with is allowed", arguments: allowed)
    func allows(_ edit: ContractEdit) throws {
        let released = try ContractFolder.ofCode()
        let found = edit.apply(released).incompatibilities(with: released, called: "1.0")
        #expect(found.isEmpty, "\(found.map(\.description))")
    }

    @Test("every change of the tables changes something, and there are 25 of each at least")
    func tables() throws {
        let released = try ContractFolder.ofCode()
        #expect(Self.refused.count >= 25 && Self.allowed.count >= 25)
        for edit in Self.refused.map(\.edit) + Self.allowed.dropFirst() {
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

    @Test("what was kept for ever is not kept for any time, and what was kept for some is kept for ever")
    func forEver() throws {
        let place = "\(ContractEdit.channel)/\(ContractEdit.settings)/retention.ms"
        let code = try ContractFolder.ofCode()
        let forEver = ContractEdit("for ever", ContractEdit.topics, place) { _ in .integer(-1) }.apply(code)
        let unsaid = ContractEdit("not said", ContractEdit.topics, place) { _ in nil }.apply(code)
        #expect(forEver.incompatibilities(with: code, called: "1.0").isEmpty)
        #expect(code.incompatibilities(with: unsaid, called: "1.0").isEmpty)
        for less in [code, unsaid] {
            #expect(less.incompatibilities(with: forEver, called: "1.0").map(\.path) == ["sync.progress.v1"])
        }
    }

    @Test("a topic that is compacted goes by keys, whatever is said of time")
    func compacted() throws {
        let place = "channels/idp.configuration.v1/\(ContractEdit.settings)/retention.ms"
        let code = try ContractFolder.ofCode()
        let timed = ContractEdit("a time", ContractEdit.topics, place) { _ in .integer(1) }.apply(code)
        #expect(timed.topics != code.topics)
        #expect(timed.incompatibilities(with: code, called: "1.0").isEmpty)
        #expect(code.incompatibilities(with: timed, called: "1.0").isEmpty)
    }

    @Test("what is released without anything of topics promises nothing of them")
    func withoutTopics() throws {
        let code = try ContractFolder.ofCode()
        let released = ContractSet(schemas: code.schemas, topics: nil)
        #expect(code.incompatibilities(with: released, called: "1.0").isEmpty)
    }
}
