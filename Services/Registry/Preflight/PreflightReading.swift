import Foundation
import JSONCoding
import Logging
import Mapping
import Messages
import Synchronization
import WeCom

/// Asks WeCom what a preflight has to know. What is known when time is over counts.
final class PreflightReading: Sendable {
    /// How many departments are looked into for people, and how many calls run at once.
    private static let (departments, calls) = (8, 5)

    private let client: WeComClient
    private let session: CorpSession?
    private let agentID: AgentID?
    private let facts: Mutex<PreflightFacts>

    /// - Parameters:
    ///   - client: By which the calls leave.
    ///   - session: Nil where there is no connection.
    init(_ facts: PreflightFacts, client: WeComClient, session: CorpSession?) {
        self.client = client
        self.session = session
        agentID = facts.configuration.connection.flatMap { AgentID(rawValue: Int($0.agentID)) }
        self.facts = Mutex(facts)
    }

    /// - Parameter deadline: When what is not known yet is given up.
    func read(within deadline: Duration) async -> PreflightFacts {
        await withTaskGroup { group in
            group.addTask { await self.readAll() }
            group.addTask { try? await Task.sleep(for: deadline) }
            await group.next()
            group.cancelAll()
        }
        return facts.withLock { $0 }
    }

    private func readAll() async {
        async let probed: Void = probe()
        await readApp()
        await probed
    }

    private func probe() async {
        let before = Date.now.timeIntervalSince1970
        let answer = await ask { try await client.probe() }
        let now = (before + Date.now.timeIntervalSince1970) / 2
        facts.withLock { facts in
            facts.probe = answer
            facts.clockDifference = answer.value?.date.map { Int64(now.rounded()) - $0.seconds }
        }
    }

    private func readApp() async {
        guard let session, let agentID else { return }
        let token = await ask { try await session.call { _ in true } }
        facts.withLock { $0.token = token }
        guard case .known = token else { return }
        let agent = await ask { try await session.agent(agentID) }
        facts.withLock { $0.agent = agent }
        let found = await ask { try await self.readStructure(session, agent.value?.visibility) }
        facts.withLock { $0.structure = found }
        guard case .known(let structure) = found else { return }
        let named = agent.value?.visibility?.userIDs ?? []
        let configuration = facts.withLock { $0.configuration }
        let people = await ask {
            let ids = try await self.peopleIDs(in: structure.departments.sorted(), besides: named, session)
            var people = try await self.people(ids, session)
            if CompiledMapping(configuration).asksForDepartmentPaths {
                people = try await session.addingDepartmentPaths(to: people)
            }
            return PeopleSample(people, mappedBy: configuration)
        }
        facts.withLock { $0.people = people }
    }

    private func ask<Value: Sendable>(
        _ question: () async throws -> Value
    ) async -> PreflightFacts.Answer<Value> {
        do {
            return .known(try await question())
        } catch let error as WeComError {
            return .refused(error)
        } catch {
            return .missing
        }
    }

    private func readStructure(
        _ session: CorpSession,
        _ visibility: Agent.Visibility?
    ) async throws -> PreflightFacts.Structure {
        let list = Self.objects("department_id", in: try await session.departmentSimpleList())
        let pairs = list.compactMap { department in
            Self.number(department["id"]).map { ($0, Self.number(department["parentid"]) ?? 0) }
        }
        let parents = Dictionary(pairs) { first, _ in first }
        var structure = PreflightFacts.Structure(departments: Self.seen(in: parents, by: visibility))
        guard let last = structure.departments.max() else { return structure }
        let body = try await session.department(last)
        if case .object(let answer)? = try? JSONValue(parsing: body),
            case .object(let department)? = answer["department"]
        {
            structure.hasNames = department["name"].map { $0 != .string(String(last)) && $0 != .string("") } ?? false
        }
        return structure
    }

    /// Of what is listed, what the app sees: with the permission for the structure WeCom lists all departments (wecom.md
    /// §3.2). What tags show is not told apart here.
    private static func seen(in parents: [Int64: Int64], by visibility: Agent.Visibility?) -> Set<Int64> {
        guard let visibility, visibility.tagIDs.isEmpty else { return Set(parents.keys) }
        let roots = Set(visibility.departmentIDs)
        return Set(
            parents.keys.filter { department in
                var (current, steps) = (department, 0)
                while !roots.contains(current), let parent = parents[current], steps < 30 {
                    (current, steps) = (parent, steps + 1)
                }
                return roots.contains(current)
            }
        )
    }

    /// A few people: those named one by one, and those of departments from all over the tree.
    private func peopleIDs(
        in departments: [Int64],
        besides named: [String],
        _ session: CorpSession
    ) async throws -> [String] {
        var ids = Array(named.prefix(PeopleSample.size))
        let step = max(departments.count / Self.departments, 1)
        // The last ones are the lowest, mostly, and small.
        let some = stride(from: departments.count - 1, through: 0, by: -step).map { departments[$0] }
        for department in some.prefix(Self.departments) where ids.count < PeopleSample.size {
            let body = try await session.call("user/simplelist") {
                try await client.userSimpleList(department: department, token: $0)
            }
            let found = Self.objects("userlist", in: body).compactMap { person -> String? in
                if case .string(let id)? = person["userid"] { id } else { nil }
            }
            for id in found where !ids.contains(id) && ids.count < PeopleSample.size { ids.append(id) }
        }
        return ids
    }

    private func people(_ ids: [String], _ session: CorpSession) async throws -> [[UInt8]] {
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            for id in ids {
                group.addTask {
                    guard let id = try? WeComUserID(id, of: session.corpID) else { return nil }
                    do {
                        return try await session.user(id)
                    } catch let error as WeComError where error.reaction == .skip {
                        return nil
                    }
                }
            }
            return try await group.reduce(into: []) { people, body in
                if let body { people.append(body) }
            }
        }
    }

    private static func objects(_ name: String, in body: [UInt8]) -> [[String: JSONValue]] {
        guard case .object(let answer)? = try? JSONValue(parsing: body), case .array(let list)? = answer[name] else {
            return []
        }
        return list.compactMap { element in
            if case .object(let object) = element { object } else { nil }
        }
    }

    private static func number(_ value: JSONValue?) -> Int64? {
        switch value {
        case .integer(let number): number
        case .string(let text): Int64(text)
        default: nil
        }
    }
}
