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

    /// - Returns: What is asked of the fetcher.
    func questions(
        _ batches: [[DirectoryObject]],
        _ witnesses: [String],
        sampled: Set<DirectoryObject.Kind>,
        on connection: isolated Connection
    ) throws -> [OutgoingRecord] {
        let witnesses = witnesses.isEmpty ? try self.witnesses(on: connection) : witnesses
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

    /// People of whom nothing is doubtful, where only departments are missing, or the run read no lists that could show
    /// somebody.
    private func witnesses(on connection: isolated Connection) throws -> [String] {
        try connection.run(
            """
            select u.external_id from directory.users u
            where u.idp_id = \(identityProvider.uuid) and u.removed_at is null and u.status in (1, 4)
                and u.generation = \(run.terms.generation.rawValue) and not exists (
                    select from directory.missing m
                    where m.idp_id = u.idp_id and m.kind = 'user' and m.object = u.directory_key
                )
            order by u.updated_at desc, u.directory_key limit \(Self.witnesses)
            """
        ).map { try $0.decode(String.self) }
    }
}
