public import Postgres
import Runtime
public import Sealing

/// The rotation of a service's sealing keys: which key everything is to be sealed by, and how far that is.
///
/// It stands in the service's own database, and which key has sealed a secret stands in the secret, so that any copy goes
/// on where another one stopped, and what a copy seals by an older key meanwhile is found by a later pass.
public struct SealingRotation: Sendable {
    let database: Database
    let schema: String
    let keys: SealingKeys
    let places: [any SealedPlace]
    let travel: Duration

    /// Copies that gave no sign of life for so long have ended; each gives one every ten seconds.
    static let silence: Int64 = 45

    /// - Parameters:
    ///   - schema: Whose migrations include ``ResealingSchema/migrationSQL(schema:)``.
    ///   - places: Wherever the service keeps secrets.
    ///   - travel: For how long what the service seals may be under way, in browsers and in links, where nobody can seal
    ///     it anew.
    public init(
        database: Database,
        schema: String,
        keys: SealingKeys,
        places: [any SealedPlace],
        travel: Duration = .zero
    ) {
        self.database = database
        self.schema = schema
        self.keys = keys
        self.places = places
        self.travel = travel
    }

    var rotations: SQL { "\(identifier: schema, "sealing_rotation")" }
    var copies: SQL { "\(identifier: schema, "sealing_copies")" }

    /// The keys of each copy that runs, in their order.
    var keyLists: SQL {
        "select key_ids from \(copies) where seen_at > now() - make_interval(secs => \(Self.silence))"
    }

    /// Begins to have everything sealed by a key, which every running copy must have. One that goes on is not turned away
    /// from its key before all copies seal by the other.
    ///
    /// - Parameter actor: Who asked for it, for whoever asks later.
    /// - Throws: `Problem` 409, `PostgresError`.
    public func begin(_ keyID: String, by actor: String, on connection: isolated Connection) throws {
        try connection.run("lock table \(rotations) in share row exclusive mode")
        let lists: [[String]] = try connection.run(keyLists).map { try $0.decode([String].self) } + [keys.keyIDs]
        guard lists.allSatisfy({ $0.contains(keyID) }) else {
            throw Problem.sealingKeyUnknown(keyID)
        }
        let other = try connection.run(
            "select key_id from \(rotations) where done_at is null and key_id <> \(keyID)"
        ).first?.decode(String.self)
        if let other, !lists.allSatisfy({ $0.first == keyID }) { throw Problem.sealingUnderWay(other) }
        try connection.run(
            """
            insert into \(rotations) (key_id, started_at, started_by) values (\(keyID), now(), \(actor))
            on conflict (is_only) do update
            set key_id = excluded.key_id, started_at = now(), started_by = excluded.started_by, passed_at = null,
                done_at = null
            """
        )
    }

    /// Goes through all secrets once, if it is time for that: at once while something is left to do, and later again,
    /// for what copies with an older first key have sealed since.
    public func pass() async throws {
        let rows = try await database.run(
            """
            select key_id from \(rotations)
            where done_at is null or passed_at is null or passed_at < now() - interval '1 minute'
            """
        )
        guard let keyID = try rows.first?.decode(String.self), keys.keyIDs.contains(keyID) else { return }
        for place in places { try await place.reseal(by: keyID, with: keys) }
        let openable = Set(keys.keyIDs).subtracting([keyID])
        let lists = try await database.run(keyLists).map { try $0.decode([String].self) }
        let isDone =
            try await counts().allSatisfy { !openable.contains($0.keyID) } && lists.allSatisfy { $0.first == keyID }
        try await database.run(
            """
            update \(rotations)
            set passed_at = now(), done_at = case when \(isDone) then coalesce(done_at, now()) end
            where key_id = \(keyID)
            """
        )
    }

    func counts() async throws -> [SealingStatus.Count] {
        var counts: [SealingStatus.Count] = []
        for place in places {
            for (key, count) in try await place.counts().sorted(by: { $0.key < $1.key }) {
                counts.append(SealingStatus.Count(place: place.name, keyID: key, count: count))
            }
        }
        return counts
    }
}
