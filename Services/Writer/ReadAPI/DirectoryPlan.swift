import FoundationEssentials
import Messages
import Postgres

/// What a run would do, or was to carry out, as the read API shows it.
struct DirectoryPlan: Encodable, Sendable {
    let runID: RunID
    let state: String
    let requestedAt: Timestamp
    let expiresAt: Timestamp
    /// The number of the mapping by which it was made.
    let mapping: Int64
    /// Tells it from others, whenever they were made.
    let digest: String?
    /// How many objects it has.
    let objects: Int
    let users: [String: Int]
    let departments: [String: Int]
    /// The run whose plan it was to carry out.
    let planOf: RunID?
    /// Of how many objects it would have made something else than that plan.
    let differences: Int?
    /// The run that has carried it out.
    let carriedOutBy: RunID?

    private struct Count: Decodable {
        let kind: String
        let change: String
        let objects: Int
    }

    /// Selects what ``init(_:)`` reads.
    static func query(of run: RunID) -> SQL {
        """
        select r.run_id, case when p.state = 'ready' and p.expires_at < now() then 'expired' else p.state end,
            (extract(epoch from r.requested_at) * 1000)::bigint, (extract(epoch from p.expires_at) * 1000)::bigint,
            p.mapping, encode(p.digest, 'hex'), p.objects, p.counts::text, planned.run_id, p.differences, done.run_id
        from runs r
        join plans p on p.idp_id = r.idp_id and p.epoch = r.epoch
        left join runs planned on planned.idp_id = p.idp_id and planned.epoch = p.plan_epoch
        left join runs done on done.idp_id = p.idp_id and done.epoch = p.carried_out_epoch
        where r.run_id = \(run.uuid) order by r.epoch desc limit 1
        """
    }

    /// - Throws: ``PostgresError`` or `DecodingError` when the row is not of the query.
    init(_ row: Row) throws {
        let (run, requestedAt, expiresAt, counts, planOf, done): (UUID, Int64, Int64, String, UUID?, UUID?)
        (run, state, requestedAt, expiresAt, mapping, digest, objects, counts, planOf, differences, done) =
            try row.decode(
                UUID.self,
                String.self,
                Int64.self,
                Int64.self,
                Int64.self,
                String?.self,
                Int.self,
                String.self,
                UUID?.self,
                Int?.self,
                UUID?.self
            )
        runID = RunID(run)
        self.requestedAt = Timestamp(millisecondsSince1970: requestedAt)
        self.expiresAt = Timestamp(millisecondsSince1970: expiresAt)
        self.planOf = planOf.map { RunID($0) }
        carriedOutBy = done.map { RunID($0) }
        let all = try MessageJSON.decoder.decode([Count].self, from: Data(counts.utf8))
        func of(_ kind: DirectoryObject.Kind) -> [String: Int] {
            Dictionary(all.filter { $0.kind == kind.rawValue }.map { ($0.change, $0.objects) }) { $1 }
        }
        (users, departments) = (of(.user), of(.department))
    }
}

/// An object of which a run would have made something else than the plan says that it was to carry out.
struct DirectoryPlanDifference: Encodable, Sendable {
    let kind: String
    let externalID: String
    let name: String?
    /// What the plan says; absent where it does not name the object.
    let planned: DirectoryRunObject?
    /// What the run would have done; absent where that was nothing.
    let found: DirectoryRunObject?
}

extension DirectoryReading {
    /// What a run would do; `nil` where there is no plan, or none that the key shows.
    ///
    /// - Throws: ``PostgresError``.
    func plan(of run: RunID, as access: DirectoryReaders.Access) async throws -> DirectoryPlan? {
        try await read(as: access) { try $0.run(DirectoryPlan.query(of: run)) }.first.map { try DirectoryPlan($0) }
    }

    /// Which plan of which identity provider a run has made, and which it was to carry out.
    private func place(
        of run: RunID,
        as access: DirectoryReaders.Access
    ) async throws -> (id: UUID, epoch: Int64, planOf: Int64?)? {
        let rows = try await read(as: access) { connection in
            try connection.run(
                """
                select p.idp_id, p.epoch, p.plan_epoch from runs r
                join plans p on p.idp_id = r.idp_id and p.epoch = r.epoch
                where r.run_id = \(run.uuid) order by r.epoch desc limit 1
                """
            )
        }
        return try rows.first?.decode(UUID.self, Int64.self, Int64?.self)
    }

    /// What a run would do to which object; `nil` where there is no plan, or none that the key shows.
    ///
    /// - Throws: ``PostgresError``.
    func plannedObjects(
        of run: RunID,
        _ filter: RunObjectFilter,
        limit: Int,
        as access: DirectoryReaders.Access
    ) async throws -> Page<DirectoryRunObject>? {
        guard let (id, epoch, _) = try await place(of: run, as: access) else { return nil }
        let rows = try await read(as: access) { connection in
            try connection.run(
                """
                select kind, object, external_id, user_id, change, reason, hold, before::text, after::text, name
                from plan_objects
                where idp_id = \(id) and epoch = \(epoch)
                    and (kind, object) > (\(filter.after?.kind.rawValue ?? ""), \(filter.after?.externalID ?? ""))
                    and (\(filter.kind?.rawValue)::text is null or kind = \(filter.kind?.rawValue)::text)
                    and (\(filter.change?.rawValue)::text is null or change = \(filter.change?.rawValue)::text)
                order by kind, object limit \(limit + 1)
                """
            )
        }
        let objects = try rows.map { row in
            var (object, key) = try DirectoryRunObject.read(row)
            object.name = try row.dropFirst(9).decode(String?.self)
            return (object: object, key: key)
        }
        let page = objects.prefix(limit)
        let next = objects.count > limit ? page.last.map { RunObjectFilter.cursor(after: $0.key) } : nil
        return Page(items: page.map(\.object), nextCursor: next)
    }

    /// Of which objects a run would have made something else than the plan says that it was to carry out; `nil` where it
    /// was to carry none out, or the key does not show it.
    ///
    /// - Throws: ``PostgresError``.
    func planDifferences(
        of run: RunID,
        _ filter: RunObjectFilter,
        limit: Int,
        as access: DirectoryReaders.Access
    ) async throws -> Page<DirectoryPlanDifference>? {
        guard let place = try await place(of: run, as: access), let planOf = place.planOf else { return nil }
        let (id, epoch) = (place.id, place.epoch)
        let comparison = PlanComparison(
            identityProvider: id,
            plan: Epoch(rawValue: planOf),
            found: Epoch(rawValue: epoch)
        )
        let columns: SQL = """
            select kind, object, planned.external_id, planned.user_id, planned.change, planned.reason, planned.hold,
                planned.before::text, planned.after::text, found.external_id, found.user_id, found.change, found.reason,
                found.hold, found.before::text, found.after::text, coalesce(found.name, planned.name)

            """
        // Both sides begin behind the page before, so that not all of both is compared for each page.
        let isBehind: SQL = """
            (kind, object) > (\(filter.after?.kind.rawValue ?? ""), \(filter.after?.externalID ?? ""))
                and (\(filter.kind?.rawValue)::text is null or kind = \(filter.kind?.rawValue)::text)
            """
        let page: SQL = " order by kind, object limit \(limit + 1)"
        let different = comparison.different(where: isBehind)
        let rows = try await read(as: access) { try $0.run(columns + different + page) }
        let differences = try rows.map { try DirectoryPlanDifference.read($0) }
        let shown = differences.prefix(limit)
        let next = differences.count > limit ? shown.last.map { RunObjectFilter.cursor(after: $0.key) } : nil
        return Page(items: shown.map(\.difference), nextCursor: next)
    }
}

extension DirectoryPlanDifference {
    /// - Throws: ``PostgresError`` or `DecodingError` when the row is not of the query.
    fileprivate static func read(_ row: Row) throws -> (difference: DirectoryPlanDifference, key: DirectoryObject) {
        let (kind, key) = try row.decode(String.self, String.self)
        func object(_ first: Int) throws -> DirectoryRunObject? {
            let (externalID, user, change, reason, hold, before, after) = try row.dropFirst(first).decode(
                String?.self,
                UUID?.self,
                String?.self,
                String?.self,
                String?.self,
                String?.self,
                String?.self
            )
            guard let externalID, let change else { return nil }
            let values = try ObjectValues.change(before, after)
            return DirectoryRunObject(
                kind: kind,
                externalID: externalID,
                name: nil,
                userID: user.map { UserID($0) },
                change: change,
                reason: reason,
                hold: hold,
                before: values.before,
                after: values.after
            )
        }
        let (planned, found) = (try object(2), try object(9))
        let difference = DirectoryPlanDifference(
            kind: kind,
            externalID: found?.externalID ?? planned?.externalID ?? key,
            name: try row.dropFirst(16).decode(String?.self),
            planned: planned,
            found: found
        )
        return (difference, DirectoryObject(kind == "user" ? .user : .department, key))
    }
}
