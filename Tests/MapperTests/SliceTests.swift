import KafkaTesting
import Messages
import Pipeline
import Testing

@testable import Mapper

/// A mapped page that is larger than a message is several slices of one page number.
@Suite(.timeLimit(.minutes(5)))
struct SliceTests {
    private func user(_ number: Int, title: String = "t") -> UserRecord {
        UserRecord(externalID: "u\(number)", title: title, contentHash: .zero)
    }

    @Test("a page that fits is one message, and no slice")
    func fits() throws {
        let batch = UserBatch(page: 3, users: [user(1)])
        #expect(try batch.sliced(limit: 10_000) == [batch])
    }

    @Test("slices hold every record once, in order, each within the limit", arguments: 0..<40)
    func whole(seed: Int) throws {
        var random = SystemRandomNumberGenerator()
        let count = [0, 1, 2, 3, 17, 100][seed % 6]
        let users = (0..<count).map {
            user($0, title: String(repeating: "名", count: Int.random(in: 0...300, using: &random)))
        }
        let rejected = (0..<Int.random(in: 0...60, using: &random)).map {
            RejectedRecord(externalID: "r\($0)", reason: String(repeating: "x", count: 40))
        }
        let problems = users.filter { _ in Bool.random(using: &random) }.map {
            FieldProblem(.user($0.externalID), field: "name", .tooLong)
        }
        let origin = PageOrigin(department: 1, part: 0, digest: .zero)
        let batch = UserBatch(
            page: 5,
            users: users,
            rejected: rejected,
            fieldProblems: problems,
            origin: origin,
            mapping: .zero
        )
        let slices = try batch.sliced(limit: 2_000)
        #expect(slices.flatMap(\.users) == users)
        #expect(slices.flatMap(\.rejected) == rejected)
        #expect(slices.flatMap(\.fieldProblems) == problems)
        for slice in slices {
            let people = Set(slice.users.map { DirectoryObject.user($0.externalID) })
            #expect(slice.fieldProblems.allSatisfy { people.contains($0.object) })
        }
        for (index, slice) in slices.enumerated() {
            #expect(try slice.encode().count <= 2_000)
            #expect((slice.page, slice.origin, slice.mapping) == (5, origin, .zero))
            #expect(slice.slice == (slices.count == 1 ? nil : PageSlice(number: index + 1, count: slices.count)))
        }
    }

    @Test("a record that is larger than a message is rejected by its id, and the others arrive")
    func tooLarge() throws {
        let users = [user(1), user(2, title: String(repeating: "名", count: 2_000)), user(3)]
        let problems = ["u1", "u2", "u3", "other"].map { FieldProblem(.user($0), field: "name", .tooLong) }
        let slices = try UserBatch(page: 5, users: users, fieldProblems: problems).sliced(limit: 2_000)
        #expect(slices.flatMap(\.users).map(\.externalID) == ["u1", "u3"])
        #expect(Set(slices.flatMap(\.fieldProblems)) == Set(problems).subtracting([problems[1]]))
        #expect(slices.flatMap(\.rejected).map(\.externalID) == ["u2"])
    }

    @Test("a rejection whose id is larger than a message keeps its reason alone")
    func rejectionTooLarge() throws {
        let id = String(repeating: "i", count: 3_000)
        let slices = try UserBatch(page: 5, users: [], rejected: [RejectedRecord(externalID: id, reason: "why")])
            .sliced(limit: 2_000)
        #expect(slices.flatMap(\.rejected) == [RejectedRecord(externalID: nil, reason: "why")])
    }

    @Test("departments are sliced, too")
    func departments() throws {
        let departments = (1...50 as ClosedRange<Int64>).map {
            DepartmentRecord(
                externalID: $0,
                parentID: nil,
                name: String(repeating: "部", count: 100),
                englishName: nil,
                order: 0,
                leaders: [],
                contentHash: .zero
            )
        }
        let slices = try DepartmentBatch(page: 1, departments: departments).sliced(limit: 4_000)
        #expect(slices.count > 1)
        #expect(slices.flatMap(\.departments) == departments)
    }

    @Test(
        "500 people with a constant of 680 Chinese characters arrive whole",
        .enabled(if: Broker.isAvailable, "KAFKA_BOOTSTRAP_SERVERS is not set")
    )
    func longConstant() async throws {
        try await MapperWorld.with { world in
            let text = String(repeating: "汉", count: 680)
            let title = MappingRule(target: DirectoryField.title.rawValue, kind: .constant, value: text)
            try await world.publish(world.configuration(mapping: MappingRule.defaults + [title]))
            let people = (0..<500).map { #"{"userid":"u\#($0)"}"# }.joined(separator: ",")
            try await world.send(UserPage.users("[\(people)]"))
            let first = try await world.received(1)[0]
            let count = try #require(try first.decode(UserBatch.self).slice?.count)
            let messages = [first] + (try await world.received(count - 1))
            let slices = try messages.map { try $0.decode(UserBatch.self) }
            #expect(slices.map(\.slice) == (1...count).map { PageSlice(number: $0, count: count) })
            #expect(slices.allSatisfy { $0.page == 7 && $0.rejected.isEmpty })
            #expect(slices.flatMap(\.users).map(\.externalID) == (0..<500).map { "u\($0)" })
            #expect(slices.flatMap(\.users).allSatisfy { $0.title == text })
            #expect(messages.allSatisfy { $0.value.count <= MappingOutput.largestValue })
        }
    }
}
