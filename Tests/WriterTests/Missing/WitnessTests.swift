import Messages
import Testing

@testable import Writer

/// Who is asked for together with those whom a run missed (architecture.md §3.5).
@Suite(.timeLimit(.minutes(5)))
struct WitnessTests {
    /// Whom the lots of a run fall on, of these.
    func drawn(_ names: [String], _ epoch: Int64) -> [String] {
        var draw = WitnessDraw(of: Epoch(rawValue: epoch))
        for name in names where draw.takes(digest(name)) { draw.take(digest(name), name) }
        return draw.names
    }

    @Test("two are drawn, the same of a run in whatever order they come, and others by other runs")
    func draw() {
        let names = (0..<40).map { "u\($0)" }
        for epoch in Int64(1)...20 {
            #expect(Set(drawn(names, epoch)).count == 2)
            #expect(drawn(names, epoch) == drawn(names.reversed(), epoch))
        }
        #expect(Set((1...20).map { drawn(names, $0) }).count > 10)
    }

    @Test("of fewer all are drawn", arguments: [[], ["ann"], ["ann", "bob"]])
    func few(names: [String]) { #expect(drawn(names, 7).sorted() == names) }

    @Test(
        "full runs draw others each time of those whom their lists showed, so that no two void their word for ever",
        .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL")
    )
    func fullRuns() async throws {
        try await Story.with { story in
            let off = person("u18", status: .disabled)
            let departments = (1...20).map { Int64($0) }
            try await story.run(people(0..<18) + [off] + people([19]), departments: departments + [21])
            for _ in 1...8 {
                try await story.run(people(0..<18) + [off], departments: departments) {
                    try $0.answer($1, unknown: users([19]) + [.department(21)])
                }
            }
            let asked = try await story.asked()
            #expect(asked.count == 8)
            let shown = Set(departments.map { DirectoryObject.department($0) }).union(users(0..<18))
            #expect(asked.allSatisfy { $0.witnesses.count == 4 && shown.isSuperset(of: $0.witnesses) })
            for kind in DirectoryObject.Kind.allCases {
                #expect(Set(asked.map { Set($0.witnesses.filter { $0.kind == kind }) }).count > 4)
            }
        }
    }
}
