import FoundationEssentials
import JWTKit
import Logging
import Messages
import Postgres
import Sealing

/// The keys that sign tokens, and those that check them, as the store had them when it was last looked at.
actor KeyRing {
    private let store: KeyStore
    private let algorithms: @Sendable () async throws -> Set<SigningAlgorithm>
    private let logger: Logger
    private var keys = JWTKeyCollection()
    private var records: [KeyRecord] = []
    private var signers: [SigningAlgorithm: JWKIdentifier] = [:]
    private var lastLoad: ContinuousClock.Instant?

    /// - Parameter algorithms: What there has to be a key for.
    init(
        store: KeyStore,
        algorithms: @escaping @Sendable () async throws -> Set<SigningAlgorithm>,
        logger: Logger
    ) {
        self.store = store
        self.algorithms = algorithms
        self.logger = logger
    }

    /// Reads the keys; the very first instance makes them.
    ///
    /// A key that does not open is passed over where another one can sign: it still checks what it signed elsewhere.
    ///
    /// - Throws: `SealingError` when `SEALING_KEYS` opens none that may sign.
    func load() async throws {
        let algorithms = try await algorithms()
        try await store.ensure(algorithms)
        let records = try await store.all()
        let keys = JWTKeyCollection()
        var signers: [SigningAlgorithm: JWKIdentifier] = [:]
        var failures: [SigningAlgorithm: any Error] = [:]
        for record in records {
            try await keys.add(jwk: JWK(json: record.published))
            guard record.phase == .signing || record.phase == .retired, signers[record.algorithm] == nil else {
                continue
            }
            do {
                try await record.open(by: store.sealing).add(to: keys)
                signers[record.algorithm] = JWKIdentifier(string: record.id)
            } catch {
                failures[record.algorithm] = failures[record.algorithm] ?? error
                logger.warning("a signing key does not open", metadata: ["key": "\(record.id)", "error": "\(error)"])
            }
        }
        for algorithm in algorithms where signers[algorithm] == nil {
            throw failures[algorithm] ?? JWTError.noKeyProvided
        }
        (self.keys, self.records, self.signers, lastLoad) = (keys, records, signers, .now)
    }

    /// The public keys, newest first.
    var jsonWebKeys: [JWK] {
        get throws { try records.filter(\.isPublished).map { try JWK(json: $0.published) } }
    }

    /// Has a key of that algorithm made and published, if there is none.
    ///
    /// - Throws: `PostgresError`, or `SealingError` as ``load()``.
    func provide(_ algorithm: SigningAlgorithm) async throws {
        if signers[algorithm] == nil { try await load() }
    }

    /// Signs with the key whose turn it is; the first client that wants an algorithm has its key made.
    ///
    /// - Parameter type: The header's `typ`.
    func sign(
        _ payload: some JWTPayload,
        type: String,
        by algorithm: SigningAlgorithm = .es256
    ) async throws -> String {
        try await provide(algorithm)
        guard let signer = signers[algorithm] else { throw JWTError.noKeyProvided }
        return try await keys.sign(payload, kid: signer, header: ["typ": .string(type)])
    }

    /// Reads a token of ours and checks its signature and type, not its time.
    ///
    /// - Returns: `nil` for anything that we did not sign as such a token.
    func verify<Payload: JWTPayload>(_ token: String, type: String, as: Payload.Type) async throws -> Payload? {
        guard let (header, _, _) = try? DefaultJWTParser().parse(Array(token.utf8), as: Payload.self),
            header.typ == type, let algorithm = header.alg, let id = header.kid
        else { return nil }
        func isKnown() -> Bool { records.contains { $0.id == id && $0.algorithm.rawValue == algorithm } }
        if !isKnown() { try await reload() }
        guard isKnown() else { return nil }
        return try? await keys.verify(token, as: Payload.self)
    }

    /// Another instance may have made a key meanwhile; asked for at most once in ten seconds, as anybody can send a token
    /// that names a key.
    private func reload() async throws {
        if let lastLoad, ContinuousClock.now - lastLoad < .seconds(10) { return }
        lastLoad = .now
        try await load()
    }
}
