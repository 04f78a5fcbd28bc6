import FoundationEssentials
import JWTKit
import Messages
import Postgres
import Resealing
import Sealing

/// `verifier.signing_keys`: the same for every instance, sealed.
struct KeyStore: Sendable {
    let database: Database
    let sealing: SealingKeys
    /// How long a key is published before it signs: longer than anybody keeps `/oauth2/jwks`, and than an instance takes
    /// to look again.
    var lead: Duration = .seconds(600)

    /// How long a key signs before another one is made, in seconds.
    static let term: Int64 = 90 * 86_400
    /// How long a retired key stays published, in seconds: tokens last ten minutes, clocks and caches differ.
    private static let publication: Int64 = 86_400

    /// Which keys signed so long ago that no session can be left of them.
    static let isForgotten: SQL = """
        signs_at < now() - interval '1 year' and exists (
            select from verifier.signing_keys as newer
            where newer.algorithm = signing_keys.algorithm and newer.signs_at > signing_keys.signs_at
                and newer.signs_at < now() - interval '1 year')
        """

    /// Where the keys rest.
    static func secrets(in database: Database) -> SealedColumn {
        SealedColumn(
            "signing keys",
            in: database,
            table: "verifier.signing_keys",
            column: "sealed",
            owner: "id",
            context: KeyRecord.context
        )
    }

    /// All keys, the newest first.
    func all() async throws -> [KeyRecord] {
        try await database.run(Self.query).map(Self.record)
    }

    /// Makes sure that there is a key of each algorithm: the very first one signs at once.
    func ensure(_ algorithms: Set<SigningAlgorithm>) async throws {
        for algorithm in algorithms.sorted(by: { $0.rawValue < $1.rawValue }) {
            try await make(algorithm) { keys in keys.isEmpty ? .zero : nil }
        }
    }

    /// Publishes the next key of each algorithm, which signs after ``lead``; one that is on its way already stays the
    /// next one.
    func rotate() async throws {
        for algorithm in Set(try await all().map(\.algorithm)) {
            try await make(algorithm) { keys in keys.first?.phase == .published ? nil : lead }
        }
    }

    /// The same for each algorithm whose key has signed long enough.
    func rotateWhenDue(now: Timestamp = .now) async throws {
        for algorithm in Set(try await all().map(\.algorithm)) {
            try await make(algorithm) { keys in
                guard let newest = keys.first, newest.phase != .published else { return nil }
                let age = (now.millisecondsSince1970 - newest.signsAt.millisecondsSince1970) / 1_000
                return age > Self.term ? lead : nil
            }
        }
    }

    /// Makes a key if that is wanted, one instance at a time.
    ///
    /// - Parameter delay: From now until it signs; `nil` for none, given the keys that there are, the newest first.
    private func make(_ algorithm: SigningAlgorithm, _ delay: @Sendable ([KeyRecord]) -> Duration?) async throws {
        try await database.transaction { connection in
            try connection.run("select pg_advisory_xact_lock(hashtextextended('verifier.signing_keys', 0))")
            let keys = try connection.run(Self.query).map(Self.record).filter { $0.algorithm == algorithm }
            guard let delay = delay(keys) else { return }
            let key = try SigningKey(for: algorithm)
            let published = String(decoding: try JSONEncoder().encode(key.published), as: UTF8.self)
            let sealed = try sealing.seal(Secret(key.pem), context: KeyRecord.context(key.id))
            try connection.run(
                """
                insert into verifier.signing_keys (id, algorithm, published, sealed, created_at, signs_at)
                values (\(key.id), \(algorithm.rawValue), \(published), \(sealed.text), now(),
                    now() + make_interval(secs => \(delay / .seconds(1))))
                """
            )
        }
    }

    /// The phases follow from the times, by the database's clock, which all instances share: of the keys of an algorithm
    /// whose time has come the newest signs.
    private static let query: SQL = """
        select id, algorithm, published, sealed, (extract(epoch from created_at) * 1000)::bigint,
            (extract(epoch from signs_at) * 1000)::bigint,
            case when signs_at > now() then 'published' when successor is null or successor > now() then 'signing'
                when successor > now() - make_interval(secs => \(publication)) then 'retired' else 'withdrawn' end
        from (
            select *, lead(signs_at) over (partition by algorithm order by signs_at, id) as successor
            from verifier.signing_keys
        ) as key
        order by signs_at desc, id desc
        """

    private static func record(_ row: Row) throws -> KeyRecord {
        let (id, algorithm, published, sealed, created, signs, phase) = try row.decode(
            String.self,
            String.self,
            String.self,
            String.self,
            Int64.self,
            Int64.self,
            String.self
        )
        guard let algorithm = SigningAlgorithm(rawValue: algorithm), let phase = KeyRecord.Phase(rawValue: phase) else {
            throw UnknownAlgorithm(name: algorithm)
        }
        return KeyRecord(
            id: id,
            algorithm: algorithm,
            published: published,
            sealed: sealed,
            createdAt: Timestamp(millisecondsSince1970: created),
            signsAt: Timestamp(millisecondsSince1970: signs),
            phase: phase
        )
    }

    /// A newer program has made a key that this one does not know.
    struct UnknownAlgorithm: Error {
        let name: String
    }
}
