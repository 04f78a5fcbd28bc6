import JSONCoding
import WeCom

/// A few people as WeCom shows them now, looked for in one department after the other.
struct LiveSample: Sendable {
    /// Departments at most that people are looked for in: one look counts once in the budget, however many calls it
    /// takes.
    static let mostDepartments = 40
    /// How many of them at once: somebody waits for the answer.
    private static let atOnce = 5

    /// WeCom's objects of the people, each person once.
    private(set) var bodies: [[UInt8]] = []
    /// How many departments were not looked into, though fewer people were found than asked for; nil for none.
    private(set) var unsearched: Int?
    /// Whom the sample has, as WeCom compares their ids.
    private var ids: Set<String> = []

    /// Looks for somebody by their id, and then for anybody else.
    ///
    /// - Throws: `WeComError`.
    static func find(_ user: String?, upTo count: Int, _ session: CorpSession) async throws -> LiveSample {
        var sample = LiveSample()
        if let user { try await sample.look(for: user, session) }
        if sample.bodies.count < count { try await sample.look(upTo: count, session) }
        return sample
    }

    private mutating func look(for user: String, _ session: CorpSession) async throws {
        guard let id = try? WeComUserID(user, of: session.corpID) else { return }
        do {
            bodies.append(try await session.user(id))
            ids.insert(id.canonical)
        } catch let error as WeComError where error.reaction == .skip {
            // Whoever is not there is not shown.
        }
    }

    private mutating func look(upTo count: Int, _ session: CorpSession) async throws {
        let list = LiveAnswer.objects("department_id", in: try await session.departmentSimpleList())
        let departments = Self.spread(Set(list.compactMap { LiveAnswer.number($0["id"]) }).sorted())
        var waiting = departments.prefix(Self.mostDepartments)
        while !waiting.isEmpty, bodies.count < count {
            let next = Array(waiting.prefix(Self.atOnce))
            waiting = waiting.dropFirst(Self.atOnce)
            for body in try await Self.members(of: next, session) { take(from: body, upTo: count, session.corpID) }
        }
        if bodies.count < count, departments.count > Self.mostDepartments {
            unsearched = departments.count - Self.mostDepartments
        }
    }

    private mutating func take(from body: [UInt8], upTo count: Int, _ corp: CorpID) {
        for person in LiveAnswer.objects("userlist", in: body) where bodies.count < count {
            guard let text = LiveAnswer.text(person["userid"]) else { continue }
            // What is no id by WeCom's rules is nobody else's spelling.
            let id = (try? WeComUserID(text, of: corp))?.canonical ?? text
            if ids.insert(id).inserted { bodies.append(JSONValue.object(person).bytes) }
        }
    }

    /// The department in the middle, then those in the middles of both halves, and so on: departments with numbers next
    /// to each other were made together and mostly are of one part of the tree, and the first few are of many parts so.
    static func spread(_ departments: [Int64]) -> [Int64] {
        var ranges: [Range<Int>] = departments.isEmpty ? [] : [departments.startIndex..<departments.endIndex]
        var order: [Int64] = []
        while order.count < ranges.count {
            let range = ranges[order.count]
            let middle = (range.lowerBound + range.upperBound) / 2
            order.append(departments[middle])
            for half in [range.lowerBound..<middle, (middle + 1)..<range.upperBound] where !half.isEmpty {
                ranges.append(half)
            }
        }
        return order
    }
}

extension LiveSample {
    /// What WeCom says of each, in their order.
    private static func members(of departments: [Int64], _ session: CorpSession) async throws -> [[UInt8]] {
        try await withThrowingTaskGroup(of: (Int, [UInt8]?).self) { group in
            for (place, department) in departments.enumerated() {
                group.addTask { (place, try await answer(about: department, session)) }
            }
            var answers: [Int: [UInt8]] = [:]
            for try await (place, body) in group { answers[place] = body }
            return departments.indices.compactMap { answers[$0] }
        }
    }

    /// Nil of a department that the app may not look into, or that has gone meanwhile.
    private static func answer(about department: Int64, _ session: CorpSession) async throws -> [UInt8]? {
        do {
            return try await session.userList(department: department)
        } catch let error as WeComError where error.reaction == .skip {
            return nil
        }
    }
}
