import Kafka
import Messages
import Outbox
import Pipeline
import Postgres

/// How WeCom is asked for whom a run missed, in batches, together with some whom its lists showed.
extension CompletionWriting {
    func batches(of objects: [MissingObject]) -> [[DirectoryObject]] {
        stride(from: 0, to: objects.count, by: AskFor.batchSize).map { start in
            objects[start..<min(start + AskFor.batchSize, objects.count)].map(\.object)
        }
    }

    /// - Parameter seen: People whom the run's lists showed.
    /// - Returns: What is asked of the fetcher.
    func questions(
        _ batches: [[DirectoryObject]],
        _ seen: [String],
        sampled: Set<DirectoryObject.Kind>,
        on connection: isolated Connection
    ) throws -> [OutgoingRecord] {
        let kinds = Set(batches.joined().map(\.kind))
        let departments = kinds.contains(.department) ? try departmentWitnesses(on: connection) : []
        // Where there are no other departments, people tell whether WeCom's word counts.
        let people = kinds.contains(.user) || departments.isEmpty ? try peopleWitnesses(seen, on: connection) : []
        let witnesses = departments + people
        return try batches.enumerated().map { index, objects in
            let message = AskFor(
                batch: index + 1,
                batches: batches.count,
                terms: run.terms,
                objects: objects,
                sampled: sampled.sorted { $0.rawValue < $1.rawValue },
                witnesses: witnesses,
                askedAt: source.time
            )
            return try publishing.record(message, from: envelope, to: TopicCatalogue.commands)
        }
    }

    /// Departments that the run's list showed, or of which nothing is doubtful where it read none.
    private func departmentWitnesses(on connection: isolated Connection) throws -> [DirectoryObject] {
        var draw = WitnessDraw(of: epoch)
        for (id, entry) in completion.index.departments where entry.verdict != nil && entry.verdict != .rejected {
            let (name, key) = (String(id), ContentDigest(of: String(id)))
            if draw.takes(key) { draw.take(key, name) }
        }
        guard draw.names.isEmpty else { return draw.names.sorted().map { DirectoryObject(.department, $0) } }
        return try connection.run(
            """
            select d.external_id from departments d
            where d.idp_id = \(identityProvider.uuid) and d.removed_at is null and not exists (
                    select from missing m
                    where m.idp_id = d.idp_id and m.kind = 'department' and m.object = d.external_id::text
                )
            order by md5(d.external_id || ' ' || \(drawing)::text) limit \(Self.witnesses)
            """
        ).map { .department(try $0.decode(Int64.self)) }
    }

    private func peopleWitnesses(
        _ seen: [String],
        on connection: isolated Connection
    ) throws -> [DirectoryObject] {
        guard seen.isEmpty else { return seen.map { .user($0) } }
        return try connection.run(
            """
            select u.external_id from users u
            where u.idp_id = \(identityProvider.uuid) and u.removed_at is null and u.status in (1, 4)
                and u.generation = \(run.terms.generation.rawValue) and not exists (
                    select from missing m
                    where m.idp_id = u.idp_id and m.kind = 'user' and m.object = u.directory_key
                )
            order by md5(u.directory_key || ' ' || \(drawing)::text) limit \(Self.witnesses)
            """
        ).map { .user(try $0.decode(String.self)) }
    }

    /// Has each run draw others, so that one who has left since voids no more than one run's word.
    private var drawing: String { String(epoch.rawValue) }
}
