import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// The safety limits in the API (architecture.md §3.6).
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct SafetyLimitTests {
    /// Every member, each other than by default.
    static let everything: JSON = [
        "people": [
            "perRun": ["count": 1, "percent": 2], "perDay": ["count": 3, "percent": 4], "perWeek": nil,
            "perMonth": ["count": 5, "percent": 6],
        ],
        "departments": ["perRun": nil, "perDay": nil, "perWeek": ["count": 7, "percent": 8], "perMonth": nil],
        "policies": [
            "leftCompany": "disable", "leftVisibleRange": "keep", "leftScope": "deleteAfterGrace",
            "disabledInWeCom": "keep",
        ],
        "protectedUsers": ["zhangsan", "lisi"], "graceDays": 7, "heldDays": 3,
    ]

    @Test("a new identity provider has all limits, and shows where there is none")
    func defaults() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let limits = try await registry.send(.get, "idps/\(id)")["safetyLimits"]
            #expect(limits["people"]["perRun"] == ["count": 5, "percent": 10])
            #expect(limits["people"]["perMonth"] == ["count": 15, "percent": 30])
            #expect(limits["departments"]["perRun"] == ["count": 3, "percent": 20])
            #expect(limits["departments"].names.contains("perDay"))
            #expect(limits["departments"]["perDay"] == .null)
            #expect(limits["policies"]["leftCompany"] == "deleteAfterGrace")
            #expect(limits["protectedUsers"] == [])
            #expect(limits["heldDays"] == 14)
            #expect(try await registry.configuration().safetyLimits == SafetyLimits())
        }
    }

    @Test("what a new identity provider leaves out is as by default, at whatever depth")
    func partialCreation() async throws {
        try await withRegistry { registry in
            _ = try await registry.makeProvider(["safetyLimits": ["people": ["perRun": ["count": 50]]]])
            var expected = SafetyLimits()
            expected.people.perRun = LossLimit(count: 50, percent: 10)
            #expect(try await registry.configuration().safetyLimits == expected)
        }
    }

    /// A change of everything, and what it leaves.
    struct Example: Sendable {
        var change: JSON
        var path: [String]
        var value: JSON

        init(_ change: JSON, at path: [String], _ value: JSON) {
            (self.change, self.path, self.value) = (change, path, value)
        }
    }

    @Test(
        "a change of one member leaves all others as they were",
        arguments: [
            Example(["people": ["perRun": ["count": 9]]], at: ["people", "perRun", "count"], 9),
            Example(["people": ["perDay": ["percent": 9]]], at: ["people", "perDay", "percent"], 9),
            Example(["people": ["perMonth": nil]], at: ["people", "perMonth"], nil),
            Example(
                ["people": ["perWeek": ["count": 1, "percent": 0]]],
                at: ["people", "perWeek"],
                ["count": 1, "percent": 0]
            ),
            Example(["departments": ["perWeek": nil]], at: ["departments", "perWeek"], nil),
            Example(["policies": ["leftScope": "keep"]], at: ["policies", "leftScope"], "keep"),
            Example(["protectedUsers": []], at: ["protectedUsers"], []),
            Example(["graceDays": 0], at: ["graceDays"], 0),
            Example(["heldDays": 90], at: ["heldDays"], 90),
            Example([:], at: ["heldDays"], 3),
        ]
    )
    func oneMember(example: Example) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider(["safetyLimits": Self.everything])
            let changed = try await registry.patch(id, ["safetyLimits": example.change])
            let expected = Self.everything.with(example.value, at: example.path[...])
            #expect(changed["safetyLimits"] == expected)
            #expect(try await registry.send(.get, "idps/\(id)")["safetyLimits"] == expected)
        }
    }

    @Test("half a limit where there was none is refused, with the half that is missing, and nothing is changed")
    func half() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider(["safetyLimits": Self.everything])
            let before = try await registry.contents()
            let change: JSON = [
                "cycleHours": 3,
                "safetyLimits": ["people": ["perWeek": ["count": 1]], "departments": ["perDay": ["percent": 1]]],
            ]
            let answer = try await registry.send(.patch, "idps/\(id)", change, headers: ["If-Match": "*"])
            #expect(answer.status == 400)
            #expect(answer.fields == ["safetyLimits.people.perWeek.percent", "safetyLimits.departments.perDay.count"])
            #expect(try await registry.contents() == before)
        }
    }

    @Test("a person is protected once")
    func protected() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            let changed = try await registry.patch(id, ["safetyLimits": ["protectedUsers": ["a", "b", "a"]]])
            #expect(changed["safetyLimits"]["protectedUsers"] == ["a", "b"])
            #expect(try await registry.configuration().safetyLimits.protectedUsers == ["a", "b"])
        }
    }

    @Test("the audit shows the limits before and after a change")
    func audit() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            try await registry.patch(id, ["safetyLimits": ["people": ["perRun": nil]]])
            let entry = try await registry.send(.get, "audit?object=\(id)")["items"][0]
            let change = entry["details"]["changes"]["safetyLimits"]
            #expect(change["from"]["people"]["perRun"] == ["count": 5, "percent": 10])
            #expect(change["to"]["people"].names.contains("perRun"))
            #expect(change["to"]["people"]["perRun"] == .null)
            #expect(change["to"]["people"]["perDay"] == change["from"]["people"]["perDay"])
        }
    }

    @Test("a run is bound by the limits that hold when it starts")
    func terms() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["safetyLimits": Self.everything])
            _ = try await registry.startRun(id)
            let limits = try await registry.lastCommand().terms.safetyLimits
            #expect(limits.people.perWeek == nil)
            #expect(limits.departments.perWeek == LossLimit(count: 7, percent: 8))
            #expect(limits.policies.leftScope == .deleteAfterGrace)
            #expect(limits.protectedUsers == ["zhangsan", "lisi"])
        }
    }
}

extension JSON {
    /// The names of an object's members.
    fileprivate var names: Set<String> {
        if case .object(let members) = self { Set(members.keys) } else { [] }
    }

    /// The same with another value at a path.
    fileprivate func with(_ value: JSON, at path: ArraySlice<String>) -> JSON {
        guard let name = path.first, case .object(var members) = self else { return value }
        members[name] = self[name].with(value, at: path.dropFirst())
        return .object(members)
    }
}
