import FoundationEssentials
import JWTKit
import Postgres
import Sealing

/// The keys that sign tokens, the same in every instance: sealed in `verifier.signing_keys`.
actor KeyRing {
    private let database: Database
    private let sealing: SealingKeys
    private let keys = JWTKeyCollection()
    private var current: String?
    private var published: [JSONWebKey] = []
    private var lastLoad: ContinuousClock.Instant?

    init(database: Database, sealing: SealingKeys) {
        self.database = database
        self.sealing = sealing
    }

    /// Reads the keys; the very first instance makes one.
    ///
    /// - Throws: `SealingError` when `SEALING_KEYS` does not open them.
    func load() async throws {
        let candidate = SigningKey()
        let sealed = try sealing.seal(Secret(candidate.pem), context: Self.context(candidate.id))
        let rows = try await database.transaction { connection in
            try connection.run("select pg_advisory_xact_lock(hashtextextended('verifier.signing_keys', 0))")
            try connection.run(
                """
                insert into verifier.signing_keys (id, sealed)
                select \(candidate.id), \(sealed.text) where not exists (select from verifier.signing_keys)
                on conflict do nothing
                """
            )
            return try connection.run("select id, sealed from verifier.signing_keys order by created_at desc, id")
        }
        try await take(
            rows.map { row in
                let (id, sealed) = try row.decode(String.self, String.self)
                let pem = try sealing.open(SealedSecret(sealed), context: Self.context(id))
                return try pem.withValue { try SigningKey(pem: $0) }
            }
        )
    }

    private func take(_ loaded: [SigningKey]) async throws {
        for key in loaded {
            try await keys.add(ecdsa: ES256PrivateKey(backing: key.key), kid: JWKIdentifier(string: key.id))
        }
        current = loaded.first?.id
        published = loaded.map(\.published)
        lastLoad = .now
    }

    /// The public keys, newest first.
    var jsonWebKeys: [JSONWebKey] { published }

    /// Signs with the newest key.
    ///
    /// - Parameter type: The header's `typ`.
    func sign(_ payload: some JWTPayload, type: String) async throws -> String {
        guard let current else { throw JWTError.noKeyProvided }
        return try await keys.sign(payload, kid: JWKIdentifier(string: current), header: ["typ": .string(type)])
    }

    /// Reads a token of ours and checks its signature and type, not its time.
    ///
    /// - Returns: `nil` for anything that we did not sign as such a token.
    func verify<Payload: JWTPayload>(_ token: String, type: String, as: Payload.Type) async throws -> Payload? {
        guard let (header, _, _) = try? DefaultJWTParser().parse(Array(token.utf8), as: Payload.self),
            header.typ == type, header.alg == "ES256", let id = header.kid
        else { return nil }
        if !published.contains(where: { $0.kid == id }) { try await reload() }
        guard published.contains(where: { $0.kid == id }) else { return nil }
        return try? await keys.verify(token, as: Payload.self)
    }

    /// Another instance may have made a key meanwhile; asked for at most once in ten seconds.
    private func reload() async throws {
        if let lastLoad, ContinuousClock.now - lastLoad < .seconds(10) { return }
        lastLoad = .now
        try await load()
    }

    private static func context(_ id: String) -> String { "verifier/signing-key/\(id)" }
}
