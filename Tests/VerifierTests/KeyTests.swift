import Foundation
import HTTPTypes
import HummingbirdTesting
import JWTKit
import KafkaTesting
import Messages
import Postgres
import PostgresTesting
import Resealing
import Sealing
import Testing

@testable import Verifier

/// The life of signing keys.
@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs PostgreSQL"))
struct KeyTests {
    private static let otherSealing = "k2:" + Data(repeating: 9, count: 32).base64EncodedString()

    private static func withStore(
        _ sealing: String = Bench.sealing,
        lead: Duration = .seconds(600),
        _ body: (KeyStore, Database) async throws -> Void
    ) async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: Migrations.schema, migrations: Migrations.all, partitions: 2).run(on: database)
            try await body(KeyStore(database: database, sealing: SealingKeys(sealing), lead: lead), database)
        }
    }

    private static func ring(_ store: KeyStore, _ algorithms: Set<SigningAlgorithm> = [.es256]) -> KeyRing {
        KeyRing(store: store, algorithms: { algorithms }, logger: Broker.quiet)
    }

    private static func signer(_ ring: KeyRing) async throws -> String? {
        let token = try await ring.sign(SampleTokens.access, type: AccessToken.type)
        let (header, _, _) = try DefaultJWTParser().parse(Array(token.utf8), as: AccessToken.self)
        return header.kid
    }

    private static func pass(_ seconds: Int64, _ database: Database) async throws {
        try await database.run(
            "update verifier.signing_keys set signs_at = signs_at - make_interval(secs => \(seconds))"
        )
    }

    @Test("a key's name is its thumbprint, and JWTKit reads the published form", arguments: SigningAlgorithm.allCases)
    func published(_ algorithm: SigningAlgorithm) async throws {
        let key = try SigningKey(for: algorithm)
        #expect(try SigningKey(pem: key.pem, for: algorithm).id == key.id)
        let json = try JSONEncoder().encode(["keys": [key.published]])
        let keys = JWTKeyCollection()
        try await keys.add(jwksJSON: String(decoding: json, as: UTF8.self))
        let signer = JWTKeyCollection()
        try await key.add(to: signer)
        let token = try await signer.sign(SampleTokens.access, kid: JWKIdentifier(string: key.id))
        #expect(try await keys.verify(token, as: AccessToken.self) == SampleTokens.access)
        #expect(!String(decoding: json, as: UTF8.self).contains("\"d\""))
    }

    @Test("the next key is published before it signs, and the one before stays for a day and is known for longer")
    func phases() async throws {
        try await Self.withStore { store, database in
            let ring = Self.ring(store)
            try await ring.load()
            let first = try await Self.signer(ring)
            let old = try await ring.sign(SampleTokens.access, type: AccessToken.type)

            try await store.rotate()
            try await store.rotate()
            try await ring.load()
            #expect(try await store.all().map(\.phase) == [.published, .signing])
            #expect(try await ring.jsonWebKeys.count == 2)
            #expect(try await Self.signer(ring) == first)

            try await Self.pass(601, database)
            try await ring.load()
            #expect(try await store.all().map(\.phase) == [.signing, .retired])
            let second = try await Self.signer(ring)
            #expect(second != first)

            try await Self.pass(86_400, database)
            try await ring.load()
            #expect(try await store.all().map(\.phase) == [.signing, .withdrawn])
            #expect(try await ring.jsonWebKeys.map { $0.keyIdentifier?.string } == [second])
            #expect(try await ring.verify(old, type: AccessToken.type, as: AccessToken.self) == SampleTokens.access)
        }
    }

    @Test("a key that has signed for 90 days is followed by another one, and no younger one is")
    func term() async throws {
        try await Self.withStore { store, database in
            try await store.ensure([.es256])
            try await store.rotateWhenDue()
            #expect(try await store.all().count == 1)
            try await Self.pass(KeyStore.term + 1, database)
            try await store.rotateWhenDue()
            try await store.rotateWhenDue()
            #expect(try await store.all().map(\.phase) == [.published, .signing])
        }
    }

    @Test("a retired key that does not open stops nothing, and still checks what it signed")
    func unopenable() async throws {
        try await Self.withStore(Self.otherSealing) { store, database in
            let before = Self.ring(store)
            try await before.load()
            let old = try await before.sign(SampleTokens.access, type: AccessToken.type)

            let now = KeyStore(database: database, sealing: try SealingKeys(Bench.sealing), lead: .zero)
            let ring = Self.ring(now)
            await #expect(throws: SealingError.unknownKey(keyID: "k2")) { try await ring.load() }
            try await now.rotate()
            try await ring.load()
            #expect(try await ring.verify(old, type: AccessToken.type, as: AccessToken.self) == SampleTokens.access)
            #expect(try await Self.signer(ring) == now.all().first?.id)
        }
    }

    @Test("instances that start at once agree on the signing keys, which are kept sealed")
    func oneKey() async throws {
        try await Self.withStore { store, database in
            let names = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let ring = Self.ring(store)
                        try await ring.load()
                        return try await Self.signer(ring)
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(names.count == 1)
            let rows = try await database.run("select sealed from verifier.signing_keys")
            #expect(rows.count == 1)
            #expect(try rows.allSatisfy { try $0.decode(String.self).hasPrefix("v1.k1.") })
        }
    }

    @Test("a token is ours only with our signature, its type and its algorithm")
    func types() async throws {
        try await Self.withStore { store, _ in
            let ring = Self.ring(store, [.es256, .rs256])
            try await ring.load()
            for algorithm in SigningAlgorithm.allCases {
                let token = try await ring.sign(SampleTokens.access, type: AccessToken.type, by: algorithm)
                #expect(
                    try await ring.verify(token, type: AccessToken.type, as: AccessToken.self) == SampleTokens.access
                )
                #expect(try await ring.verify(token, type: IDToken.type, as: AccessToken.self) == nil)
                let forged = token.split(separator: ".").dropLast().joined(separator: ".") + "."
                for wrong in [forged, token + "A", "", "a.b.c"] {
                    #expect(try await ring.verify(wrong, type: AccessToken.type, as: AccessToken.self) == nil)
                }
            }
        }
    }

    @Test(
        "the signing keys are sealed by another key while tokens are made, and open with it alone",
        .enabled(if: Bench.isAvailable)
    )
    func resealed() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let operators: HTTPFields = [.authorization: "Bearer \(Bench.operatorKey)"]
            #expect(try await bench.browser.get("/api/v1/sealing").status == .unauthorized)
            let unknown = try await bench.browser.post(
                "/api/v1/sealing/rotation",
                json: ["keyID": "k2"],
                headers: operators
            )
            #expect(unknown.status == .conflict)
            let before = try await bench.tokens(configuration)

            let both = try SealingKeys(Self.otherSealing + "," + Bench.sealing)
            let database = bench.wiring.database
            let rotation = SealingRotation(
                database: database,
                schema: Migrations.schema,
                keys: both,
                places: [KeyStore.secrets(in: database)]
            )
            // The other copies have the key by now.
            try await database.run("delete from verifier.sealing_copies")
            try await database.transaction { try rotation.begin("k2", by: "test", on: $0) }
            try await rotation.pass()
            let sealed = try await database.run("select sealed from verifier.signing_keys")
            #expect(try sealed.allSatisfy { try $0.decode(String.self).hasPrefix("v1.k2.") })
            let status = try await bench.browser.get("/api/v1/sealing", headers: operators)
            #expect(status.status == .ok)
            let secrets = try status.json["secrets"] as? [[String: Any]]
            #expect(secrets?.count == 1)

            let after = Self.ring(KeyStore(database: database, sealing: try SealingKeys(Self.otherSealing)))
            try await after.load()
            let token = try await after.verify(before.accessToken, type: AccessToken.type, as: AccessToken.self)
            #expect(token != nil)
            _ = try await Self.signer(after)
        }
    }

    @Test(
        "keys are rotated twice while two instances let people log on, and nothing fails",
        .enabled(if: Bench.isAvailable)
    )
    func rotationUnderLoad() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let operators: HTTPFields = [.authorization: "Bearer \(Bench.operatorKey)"]
            let refused = try await bench.browser.get("/api/v1/keys")
            #expect(refused.status == .unauthorized)
            try await bench.withAnotherInstance { other in
                let otherBrowser = TestBrowser(other)
                var signers: Set<String> = []
                var deadline = ContinuousClock.now + .seconds(60)
                var rotations = 0
                while signers.count < 3, ContinuousClock.now < deadline {
                    // One person logs on so often only.
                    try await bench.wiring.database.run("delete from verifier.call_budgets")
                    let tokens = try await bench.tokens(configuration)
                    let headers: HTTPFields = [.authorization: "Bearer \(tokens.accessToken)"]
                    #expect(try await otherBrowser.get("/oauth2/userinfo", headers: headers).status == .ok)
                    let keys = JWTKeyCollection()
                    try await keys.add(jwksJSON: otherBrowser.get("/oauth2/jwks").text)
                    let token = try await keys.verify(tokens.idToken, as: IDToken.self)
                    #expect(token.aud == "sase")
                    let refresh = ["grant_type": "refresh_token", "client_id": "sase"]
                    let refreshed = try await otherBrowser.post(
                        "/oauth2/token",
                        form: refresh.merging(["refresh_token": tokens.refreshToken!]) { $1 }
                    )
                    #expect(refreshed.status == .ok)
                    let (header, _, _) = try DefaultJWTParser().parse(Array(tokens.idToken.utf8), as: IDToken.self)
                    signers.insert(try #require(header.kid))
                    if rotations < signers.count, rotations < 2 {
                        let made = try await bench.browser.post("/api/v1/keys", form: [:], headers: operators)
                        #expect(made.status == .created)
                        rotations += 1
                        deadline = ContinuousClock.now + .seconds(60)
                    }
                }
                #expect(signers.count == 3)
            }
        }
    }
}

/// Tokens that say something.
enum SampleTokens {
    static let access = AccessToken(
        iss: "i",
        sub: "s",
        aud: Audience("a"),
        exp: 2,
        iat: 1,
        jti: "j",
        client: "c",
        scope: "openid",
        sid: "x"
    )
}
