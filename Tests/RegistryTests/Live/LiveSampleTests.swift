import Messages
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Whom a preview finds to show.
@Suite(.timeLimit(.minutes(5)))
struct LiveSampleTests {
    private static let ann: JSON = ["userid": "ann", "name": "Ann", "status": 1]
    private static let nobody: JSON = ["errcode": 0, "userlist": []]
    private static let somebody: JSON = ["errcode": 0, "userlist": [ann]]

    private static func departments(_ count: Int) -> JSON {
        let list = (1...count).map { id -> JSON in ["id": .integer(Int64(id)), "parentid": 1] }
        return ["errcode": 0, "department_id": .array(list)]
    }

    @Test("each department has its turn once, and the first few are far from each other", arguments: [0, 1, 2, 1_000])
    func spread(_ count: Int) {
        let departments = (0..<count).map { Int64($0) }
        let order = LiveSample.spread(departments)
        #expect(order.sorted() == departments)
        if count == 1_000 { #expect(Set(order.prefix(4).map { $0 / 250 }).count == 4) }
    }

    @Test(
        "departments without people, or that have gone, do not end the search",
        .enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL")
    )
    func empty() async throws {
        try await withLiveDirectory(of: []) { registry, wecom, id in
            wecom.answer("department/simplelist", Self.departments(12))
            let none = Self.nobody
            let gone: JSON = ["errcode": 60003, "errmsg": "department not found"]
            wecom.answer("user/list", none, none, none, gone, none, none, none, none, none, none, Self.somebody)
            let answer = try await registry.preview(id, ["count": 5])
            #expect(answer["people"].array.map { $0["externalID"] } == ["ann"], "\(answer.text)")
            #expect(answer["departmentsNotSearched"] == .null)
            #expect(wecom.calls("user/list").count == 12)
        }
    }

    @Test(
        "a search has an end, and says how many departments it left out",
        .enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL")
    )
    func bound() async throws {
        try await withLiveDirectory(of: []) { registry, wecom, id in
            wecom.answer("department/simplelist", Self.departments(60))
            wecom.answer("user/list", Self.nobody)
            let answer = try await registry.preview(id, ["count": 5])
            #expect(answer["people"] == [] && answer["departmentsNotSearched"] == 20, "\(answer.text)")
            #expect(wecom.calls("user/list").count == LiveSample.mostDepartments)
        }
    }

    @Test(
        "whoever is named by another spelling of the id is one person, and collides with nobody",
        .enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL")
    )
    func spelling() async throws {
        try await withLiveDirectory(of: []) { registry, wecom, id in
            wecom.answer("department/simplelist", Self.departments(1))
            wecom.answer("user/list", Self.somebody)
            wecom.answer("user/get", ["errcode": 0, "userid": "ANN", "name": "Ann", "status": 1])
            let answer = try await registry.preview(id, ["user": "ANN", "count": 5])
            #expect(answer["people"].array.map { $0["externalID"] } == ["ANN"], "\(answer.text)")
            #expect(answer["collisions"] == [])
        }
    }
}
