import Messages
import Postgres
import Sealing

extension SealingRotation {
    /// How everything stands now.
    public func status() async throws -> SealingStatus {
        // The copies before the secrets: what one that has just ended sealed by an old key is counted.
        let lists = try await database.run(keyLists).map { try $0.decode([String].self) }
        let rotation = try await rotation()
        let counts = try await counts()
        let ids = Set(lists.joined()).union(keys.keyIDs).union(counts.map(\.keyID))
        return SealingStatus(
            copies: lists.count,
            rotation: rotation,
            secrets: counts,
            keys: ids.sorted().map { key($0, lists: lists, rotation: rotation, counts: counts) }
        )
    }

    private func key(
        _ id: String,
        lists: [[String]],
        rotation: SealingStatus.Rotation?,
        counts: [SealingStatus.Count]
    ) -> SealingStatus.Key {
        var key = SealingStatus.Key(keyID: id, use: .free, copies: lists.count { $0.contains(id) })
        let end = rotation?.doneAt?.advanced(by: travel)
        if rotation?.keyID == id {
            key.use = .current
        } else if lists.contains(where: { $0.first == id }) || rotation == nil && keys.sealingKeyID == id {
            key.use = .seals
        } else if counts.contains(where: { $0.keyID == id }) {
            key.use = .rests
        } else if let end, end > .now {
            (key.use, key.travelsUntil) = (.travels, end)
        } else if end == nil {
            key.use = .kept
        }
        return key
    }

    private func rotation() async throws -> SealingStatus.Rotation? {
        let rows = try await database.run(
            """
            select key_id, (extract(epoch from started_at) * 1000)::bigint, started_by,
                (extract(epoch from passed_at) * 1000)::bigint, (extract(epoch from done_at) * 1000)::bigint
            from \(rotations)
            """
        )
        return try rows.first.map { row in
            let (key, started, actor, passed, done) = try row.decode(
                String.self,
                Int64.self,
                String.self,
                Int64?.self,
                Int64?.self
            )
            return SealingStatus.Rotation(
                keyID: key,
                startedAt: Timestamp(millisecondsSince1970: started),
                startedBy: actor,
                passedAt: passed.map { Timestamp(millisecondsSince1970: $0) },
                doneAt: done.map { Timestamp(millisecondsSince1970: $0) }
            )
        }
    }
}
