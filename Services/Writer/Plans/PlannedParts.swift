import FoundationEssentials
import Messages
import Postgres

/// Keeps `directory.planned_parts`: what a run has gathered that may write at its end alone.
struct PlannedParts {
    let identityProvider: IdentityProviderID
    let epoch: Epoch

    /// Parts that are read at once.
    private static let pageSize = 20

    private enum Kind: String { case records, completion, answers }

    /// - Parameter offset: Where the partition stands after it.
    /// - Throws: ``PostgresError``.
    func append(_ part: PlannedPart, at offset: Int64, on connection: isolated Connection) throws {
        try append(.records, part, objects: part.objects, at: offset, on: connection)
    }

    func append(_ completion: PlannedCompletion, at offset: Int64, on connection: isolated Connection) throws {
        try append(.completion, completion, at: offset, on: connection)
    }

    func append(_ answers: PlannedAnswers, at offset: Int64, on connection: isolated Connection) throws {
        try append(.answers, answers, at: offset, on: connection)
    }

    private func append(
        _ kind: Kind,
        _ content: some Encodable,
        objects: Int = 0,
        at offset: Int64,
        on connection: isolated Connection
    ) throws {
        // Records and the end of the reading may come at the same offset, the records first.
        let part = offset * 2 + (kind == .completion ? 1 : 0)
        try connection.run(
            """
            insert into planned_parts (idp_id, epoch, part, kind, objects, content)
            values (\(identityProvider.uuid), \(epoch.rawValue), \(part), \(kind.rawValue), \(objects),
                \(try jsonText(content)))
            """
        )
    }

    /// How many people and departments were gathered.
    func objects(on connection: isolated Connection) throws -> Int {
        try connection.run(
            """
            select coalesce(sum(objects), 0)::bigint from planned_parts
            where idp_id = \(identityProvider.uuid) and epoch = \(epoch.rawValue)
            """
        )[0].decode(Int.self)
    }

    /// Takes the records part by part, in their order.
    func forEachRecords(
        on connection: isolated Connection,
        _ body: (PlannedPart) throws -> Void
    ) throws {
        try forEach(.records, PlannedPart.self, on: connection, body)
    }

    /// Takes the answers batch by batch, in their order.
    func forEachAnswers(
        on connection: isolated Connection,
        _ body: (PlannedAnswers) throws -> Void
    ) throws {
        try forEach(.answers, PlannedAnswers.self, on: connection, body)
    }

    /// What the end of the reading came to; nil before it.
    func completion(on connection: isolated Connection) throws -> PlannedCompletion? {
        var found: PlannedCompletion?
        try forEach(.completion, PlannedCompletion.self, on: connection) { found = $0 }
        return found
    }

    private func forEach<Content: Decodable>(
        _ kind: Kind,
        _ type: Content.Type,
        on connection: isolated Connection,
        _ body: (Content) throws -> Void
    ) throws {
        var last: Int64 = -1
        while true {
            let rows = try connection.run(
                """
                select part, content from planned_parts
                where idp_id = \(identityProvider.uuid) and epoch = \(epoch.rawValue) and kind = \(kind.rawValue)
                    and part > \(last)
                order by part limit \(Self.pageSize)
                """
            )
            for row in rows {
                let (part, content) = try row.decode(Int64.self, String.self)
                try body(MessageJSON.decoder.decode(Content.self, from: Data(content.utf8)))
                last = part
            }
            guard rows.count == Self.pageSize else { return }
        }
    }

    /// Forgets all that runs of an identity provider have gathered.
    ///
    /// - Throws: ``PostgresError``.
    static func deleteAll(of id: IdentityProviderID, on connection: isolated Connection) throws {
        try connection.run("delete from planned_parts where idp_id = \(id.uuid)")
    }
}
