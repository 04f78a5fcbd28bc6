import Messages
import Testing

@testable import Registry

/// What a run leaves of somebody, as the writer does it.
@Suite
struct MergedPersonTests {
    private static let stored = StoredPerson(
        values: ["email": "old@acme.test", "title": "Head", "status": "1", "costCenter": "7", "grade": "A"],
        isEnabled: true
    )

    private func mapped(
        _ values: [String: String]?,
        always: [String] = [],
        onCreate: [String] = [],
        isFiltered: Bool = false
    ) -> MappedPerson {
        MappedPerson(
            values: values,
            fields: MappedFields(always: always, onCreate: onCreate),
            isFiltered: isFiltered
        )
    }

    @Test("a field of which nothing is said stays, one that is told to be empty is, and one without a rule is cleared")
    func always() {
        let rules = mapped(["title": "", "status": "1"], always: ["email", "title", "grade"])
        let person = MergedPerson(rules, over: Self.stored)
        #expect(person.values == ["email": "old@acme.test", "title": "", "grade": "A", "status": "1"])
        #expect(person.kept == ["email", "grade"])
        #expect(person.onlyForNew.isEmpty)
    }

    @Test("a field for new people only stays of somebody who is there, and is filled of somebody who is not")
    func onCreate() {
        let rules = mapped(["title": "Colleague", "costCenter": "0"], onCreate: ["title", "costCenter"])
        let known = MergedPerson(rules, over: Self.stored)
        #expect(known.values == ["title": "Head", "costCenter": "7", "status": "1"])
        #expect(known.onlyForNew == ["costCenter", "title"])
        #expect(known.kept == ["status"])
        let new = MergedPerson(rules, over: nil)
        #expect(new.values == ["title": "Colleague", "costCenter": "0", "status": "1"])
        #expect(new.onlyForNew.isEmpty && new.kept.isEmpty)
    }

    @Test("whoever cannot be taken stays as they are, and whom the filter leaves out goes")
    func without() {
        #expect(MergedPerson(mapped(nil), over: Self.stored).values == Self.stored.values)
        #expect(MergedPerson(mapped(nil), over: nil).values.isEmpty)
        #expect(MergedPerson(mapped(nil, isFiltered: true), over: Self.stored).values.isEmpty)
    }

    @Test("somebody who keeps access stays enabled, and somebody who has none gets none")
    func access() {
        let disabled = mapped(["status": "2"])
        #expect(MergedPerson(disabled, over: Self.stored).values == ["status": "2"])
        let kept = MergedPerson(disabled, over: Self.stored, keepsAccess: true)
        #expect(kept.values == ["status": "1"] && kept.kept == ["status"])
        let shutOut = StoredPerson(values: ["status": "5"], isEnabled: false)
        #expect(MergedPerson(disabled, over: shutOut, keepsAccess: true).values == ["status": "2"])
    }
}
