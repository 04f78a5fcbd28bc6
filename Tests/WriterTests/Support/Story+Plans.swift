import Foundation
import HTTPTypes
import Messages
import Postgres
import Runtime
import Testing

@testable import Writer

/// What WeCom shows to a run, and says of those whom it misses.
struct Shown: Sendable {
    var departments = [department(1, "All")]
    var users: [UserRecord]
    var rejected: [String] = []
    var gone: [DirectoryObject] = []
    /// How many people a page has.
    var pageSize = 500

    func append(_ run: RunLog.Run, to log: inout RunLog) throws {
        try log.start(run)
        try log.append(DepartmentBatch(page: 1, departments: departments), of: run)
        var page = 1
        let refused = rejected.map { RejectedRecord(externalID: $0, reason: "no") }
        for start in stride(from: 0, to: max(users.count, 1), by: pageSize) {
            page += 1
            let some = Array(users[start..<min(start + pageSize, users.count)])
            try log.append(UserBatch(page: page, users: some, rejected: start == 0 ? refused : []), of: run)
        }
        let names = Set(users.map(\.externalID) + rejected)
        try log.append(
            RunMapped(manifest: manifest(departments.map(\.externalID).sorted(), names.sorted(), pages: page)),
            of: run
        )
        let batches = stride(from: 0, to: gone.count, by: AskFor.batchSize).map {
            Array(gone[$0..<min($0 + AskFor.batchSize, gone.count)])
        }
        for (index, batch) in batches.enumerated() {
            try log.answer(run, absent: batch, batch: index + 1, of: batches.count)
        }
    }
}

extension Story {
    /// A dry run.
    mutating func plan(
        _ shown: Shown,
        kind: RunSync.Kind = .full,
        day: Double? = nil,
        terms: RunTerms? = nil
    ) async throws -> RunLog.Run {
        var run = next(kind, day: day)
        (run.isDryRun, run.terms) = (true, terms)
        let dry = run
        try await play { try shown.append(dry, to: &$0) }
        return dry
    }

    /// A run that carries out what another one planned.
    mutating func carryOut(
        _ plan: RunLog.Run,
        _ shown: Shown,
        day: Double? = nil,
        terms: RunTerms? = nil
    ) async throws -> RunLog.Run {
        var run = next(plan.kind, day: day)
        (run.plan, run.terms) = (plan.epoch, terms)
        let carrying = run
        try await play { try shown.append(carrying, to: &$0) }
        return carrying
    }

    /// What the API answers of a run, page by page.
    func told(_ run: RunLog.Run, _ path: String, limit: Int = 100) async throws -> [[String: JSON]] {
        var items: [[String: JSON]] = []
        var cursor: String?
        repeat {
            let next = cursor.map { "&cursor=\($0)" } ?? ""
            let answer = try await world.answer("runs/\(run.id)/\(path)?limit=\(limit)\(next)", of: source)
            try #require(answer.status == .ok)
            guard case .object(let page) = try JSON(parsing: answer.bytes), case .array(let some)? = page["items"]
            else {
                break
            }
            items += some.compactMap { if case .object(let item) = $0 { item } else { nil } }
            if case .string(let next)? = page["nextCursor"] { cursor = next } else { cursor = nil }
        } while cursor != nil
        return items
    }

    /// The plan of a run, but for its objects.
    func plan(of run: RunLog.Run) async throws -> [String: JSON] {
        let answer = try await world.answer("runs/\(run.id)/plan", of: source)
        try #require(answer.status == .ok)
        guard case .object(let plan) = try JSON(parsing: answer.bytes) else { return [:] }
        return plan
    }

    /// Whether a run has done to each object what the plan of another one says, and to no other.
    func expect(
        _ run: RunLog.Run,
        didWhat plan: RunLog.Run,
        _ note: Comment = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let planned = try await told(plan, "plan/objects", limit: 1_000).map(Self.comparable)
        let done = try await told(run, "objects", limit: 1_000).map(Self.comparable)
        #expect(planned == done, note, sourceLocation: sourceLocation)
        let others = try await world.strings(
            """
            select p.object from directory.plan_objects p
            left join directory.users u on p.kind = 'user' and u.idp_id = p.idp_id and u.directory_key = p.object
            left join directory.departments d
                on p.kind = 'department' and d.idp_id = p.idp_id and d.external_id::text = p.object
            where p.idp_id = \(source.id.uuid) and p.epoch = \(plan.epoch) and p.change = 'created'
                and p.after is distinct from jsonb_strip_nulls(directory.planned(
                    case p.kind when 'user' then directory.image(u) - 'id' else directory.image(d) end
                ))
            """
        )
        #expect(others == [], note, sourceLocation: sourceLocation)
    }

    /// What is told of an object without what is known later only.
    private static func comparable(_ item: [String: JSON]) -> [String: JSON] {
        var item = item
        (item["name"], item["userID"]) = (nil, nil)
        if item["change"] == .string("created") { (item["before"], item["after"]) = (nil, nil) }
        if case .object(var after)? = item["after"] {
            if after["removedAt"] != .null { after["removedAt"] = nil }
            item["after"] = .object(after)
        }
        // When somebody goes is not planned, so that it says nothing there of what was before.
        if case .object(var before)? = item["before"], before["removedAt"] == .null {
            before["removedAt"] = nil
            item["before"] = .object(before)
        }
        return item
    }
}

extension JSON {
    /// A text, if it is one.
    var word: String? { if case .string(let text) = self { text } else { nil } }
}
