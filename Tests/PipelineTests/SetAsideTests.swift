import Messages
import Runtime
import Testing

@testable import Pipeline

/// What is chosen of what was set aside, and what becomes of it.
@Suite struct SetAsideTests {
    private func item(
        _ id: String,
        code: String = "unknown-type",
        tenant: String? = nil,
        since: String = "2026-01-31T08:00:00Z",
        timesRedriven: Int = 0,
        obstacle: String? = nil
    ) throws -> SetAside {
        SetAside(
            id: id,
            place: "t.reader.dead",
            code: code,
            advice: "mend it",
            reason: "in particular",
            tenant: tenant,
            since: try #require(Timestamp(since)),
            timesRedriven: timesRedriven,
            obstacle: obstacle
        )
    }

    @Test("all is meant where nothing is chosen, else what all that is chosen fits")
    func selection() throws {
        let items = [
            try item("a", tenant: "one"), try item("b", code: "no-value", tenant: "one"),
            try item("c", tenant: "two", since: "2026-02-01T08:00:00Z"),
        ]
        var selection = SetAsideSelection()
        #expect(selection.isOpen && selection.of(items).count == 3)
        selection.tenant = "ONE"
        #expect(!selection.isOpen && selection.of(items).map(\.id) == ["a", "b"])
        selection.code = "unknown-type"
        #expect(selection.of(items).map(\.id) == ["a"])
        selection = SetAsideSelection()
        selection.to = Timestamp("2026-02-01T08:00:00Z")
        #expect(selection.of(items).map(\.id) == ["a", "b"])
        selection.from = Timestamp("2026-02-01T08:00:00Z")
        #expect(selection.of(items).isEmpty)
        selection = SetAsideSelection()
        selection.ids = ["c"]
        #expect(selection.of(items).map(\.id) == ["c"])
    }

    @Test("they are counted most first, with what mends a reason")
    func counts() throws {
        let items = [try item("a"), try item("b", code: "no-value"), try item("c")]
        let counts = SetAsideCount.all(of: items, by: .reason)
        #expect(counts.map(\.name) == ["unknown-type", "no-value"] && counts.map(\.count) == [2, 1])
        #expect(counts.allSatisfy { $0.advice == "mend it" })
        #expect(SetAsideCount.all(of: items, by: .place).map(\.advice) == [nil])
    }

    @Test("what came back three times is left alone unless it is forced, and what cannot be redriven never is")
    func plan() throws {
        let items = [
            try item("a"), try item("b", timesRedriven: 3), try item("c", obstacle: "it was cut"),
            try item("d", timesRedriven: 2),
        ]
        let usual = RedrivePlan(items)
        #expect(usual.meant.map(\.id) == ["a", "d"] && usual.stopped.map(\.id) == ["b"])
        let forced = RedrivePlan(items, isForced: true)
        #expect(forced.meant.map(\.id) == ["a", "b", "d"] && forced.stopped.isEmpty)
        #expect([usual, forced].allSatisfy { $0.obstructed.map(\.id) == ["c"] })
    }

    @Test("what the audit keeps of a selection can be kept, whatever a letter calls its reason")
    func audited() throws {
        let details = SetAsideSelection().details(of: [try item("a", code: "x\u{0}y")])
        #expect(details["count"] == .integer(1) && details["selection"] == .string("all"))
        #expect(details["reasons"] == .object(["x\u{FFFD}y": .integer(1)]))
    }
}
