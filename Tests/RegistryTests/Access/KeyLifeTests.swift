import Foundation
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// The life of an API key: its end, its use, its new secrets.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct KeyLifeTests {
    private static let any = ["If-Match": "*"]

    @Test("a key is good until it expires")
    func expiry() async throws {
        try await withRegistry { registry in
            let end = Timestamp.now.advanced(by: .seconds(3_600))
            let made = try await registry.send(
                .post,
                "api-keys",
                ["name": "CI", "role": "viewer", "expiresAt": .string(end.description)]
            )
            #expect(made["expiresAt"].string == end.description)
            let key = try #require(made["key"].string)
            #expect(try await registry.send(.get, "tenants", key: key).status == 200)
            try await registry.database.run("update registry.api_keys set expires_at = now()")
            #expect(try await registry.send(.get, "tenants", key: key).status == 401)
        }
    }

    @Test(
        "an end that is over, or no time at all, is refused",
        arguments: ["2020-01-01T00:00:00Z", "soon", "2990-01-01T00:00:00Z"]
    )
    func badExpiry(time: String) async throws {
        try await withRegistry { registry in
            let body: JSON = ["name": "CI", "role": "viewer", "expiresAt": .string(time)]
            let answer = try await registry.send(.post, "api-keys", body)
            #expect(answer.status == 400)
            #expect(answer.fields == ["expiresAt"])
        }
    }

    @Test("when a key was used last is written later, once a minute at most")
    func lastUse() async throws {
        try await withRegistry { registry in
            let made = try await registry.send(.post, "api-keys", ["name": "CI", "role": "viewer"])
            let (id, key) = (made["id"].string ?? "", made["key"].string ?? "")
            func lastUse() async throws -> String? {
                try await registry.components.keyJournalWriter.write()
                return try await registry.send(.get, "api-keys/\(id)")["lastUsedAt"].string
            }
            #expect(try await lastUse() == nil)
            _ = try await registry.send(.get, "tenants", key: key)
            let first = try await lastUse()
            #expect(first != nil)
            _ = try await registry.send(.get, "tenants", key: key)
            #expect(try await lastUse() == first)
            try await registry.database.run(
                "update registry.api_keys set last_used_at = last_used_at - interval '2 minutes'"
            )
            _ = try await registry.send(.get, "tenants", key: key)
            #expect(try #require(try await lastUse()) >= first ?? "")
        }
    }

    @Test("a new secret takes an old one's place, which is good until the stated end and not longer")
    func replacement() async throws {
        try await withRegistry { registry in
            let made = try await registry.send(.post, "api-keys", ["name": "CI", "role": "viewer"])
            let (id, old) = (made["id"].string ?? "", made["key"].string ?? "")
            let tag = try #require(made.header("ETag"))
            let replaced = try await registry.send(
                .post,
                "api-keys/\(id)/replace",
                ["overlapHours": 2],
                headers: ["If-Match": tag]
            )
            #expect(replaced.status == 200, "\(replaced.text)")
            #expect(replaced["id"].string == id)
            let new = try #require(replaced["key"].string)
            #expect(new != old)
            let end = try #require(replaced["previousSecretUntil"].string.flatMap { Timestamp($0) })
            let hours = Duration.milliseconds(end.millisecondsSince1970 - Timestamp.now.millisecondsSince1970)
            #expect(hours > .seconds(7_000) && hours < .seconds(7_300))
            for secret in [old, new] {
                #expect(try await registry.send(.get, "api-keys/current", key: secret)["actor"]["id"].string == id)
            }
            try await registry.database.run("update registry.api_keys set previous_until = now()")
            #expect(try await registry.send(.get, "tenants", key: old).status == 401)
            #expect(try await registry.send(.get, "tenants", key: new).status == 200)
            let late = try await registry.send(.post, "api-keys/\(id)/replace", headers: ["If-Match": tag])
            #expect(late.status == 412)
        }
    }

    @Test("a secret that was replaced twice ends at once, as a key has two at most")
    func replacedTwice() async throws {
        try await withRegistry { registry in
            let made = try await registry.send(.post, "api-keys", ["name": "CI", "role": "viewer"])
            let (id, first) = (made["id"].string ?? "", made["key"].string ?? "")
            let second = try await registry.send(.post, "api-keys/\(id)/replace", headers: Self.any)["key"].string
            let third = try await registry.send(.post, "api-keys/\(id)/replace", headers: Self.any)["key"].string
            #expect(try await registry.send(.get, "tenants", key: first).status == 401)
            #expect(try await registry.send(.get, "tenants", key: second).status == 200)
            #expect(try await registry.send(.get, "tenants", key: third).status == 200)
        }
    }

    @Test("revoking ends both secrets at once, says so in the audit, and needs what was seen")
    func revocation() async throws {
        try await withRegistry { registry in
            let made = try await registry.send(.post, "api-keys", ["name": "CI", "role": "viewer"])
            let (id, old) = (made["id"].string ?? "", made["key"].string ?? "")
            let new = try await registry.send(.post, "api-keys/\(id)/replace", headers: Self.any)["key"].string
            #expect(try await registry.send(.delete, "api-keys/\(id)").status == 428)
            #expect(try await registry.send(.delete, "api-keys/\(id)", headers: ["If-Match": "\"1\""]).status == 412)
            let seen = try #require(try await registry.send(.get, "api-keys/\(id)").header("ETag"))
            #expect(try await registry.send(.delete, "api-keys/\(id)", headers: ["If-Match": seen]).status == 204)
            for key in [old, new] { #expect(try await registry.send(.get, "tenants", key: key).status == 401) }
            #expect(try await registry.send(.get, "api-keys/\(id)").status == 404)
            #expect(try await registry.send(.get, "api-keys")["items"] == [])
            let deeds = try await registry.send(.get, "audit?object=\(id)")["items"].array.map { $0["action"].string }
            #expect(deeds == ["api-key.revoked", "api-key.replaced", "api-key.created"])
        }
    }

    @Test("a list tells each key's revision, which is what a change of it names")
    func listedRevision() async throws {
        try await withRegistry { registry in
            let made = try await registry.send(.post, "api-keys", ["name": "CI", "role": "viewer"])
            let id = made["id"].string ?? ""
            _ = try await registry.send(.post, "api-keys/\(id)/replace", headers: Self.any)
            let revision = try await registry.send(.get, "api-keys")["items"].array[0]["revision"].integer
            #expect(revision == 2)
            let seen = ["If-Match": "\"\(revision ?? 0)\""]
            #expect(try await registry.send(.delete, "api-keys/\(id)", headers: seen).status == 204)
        }
    }

    @Test("an expired key gets a new secret only with a new end")
    func expiredReplacement() async throws {
        try await withRegistry { registry in
            let made = try await registry.send(.post, "api-keys", ["name": "CI", "role": "viewer"])
            let id = made["id"].string ?? ""
            try await registry.database.run("update registry.api_keys set expires_at = now() - interval '1 second'")
            let refused = try await registry.send(.post, "api-keys/\(id)/replace", headers: Self.any)
            #expect(refused.problem == "key-expired")
            let body: JSON = ["expiresAt": nil]
            let replaced = try await registry.send(.post, "api-keys/\(id)/replace", body, headers: Self.any)
            #expect(replaced.status == 200)
            let key = replaced["key"].string
            #expect(try await registry.send(.get, "tenants", key: key).status == 200)
        }
    }

    @Test("a request that is sent again makes no second key and is answered with the same secret")
    func repeated() async throws {
        try await withRegistry { registry in
            let body: JSON = ["name": "CI", "role": "viewer"]
            let headers = ["Idempotency-Key": "one"]
            let first = try await registry.send(.post, "api-keys", body, headers: headers)
            let again = try await registry.send(.post, "api-keys", body, headers: headers)
            #expect(first.status == 201)
            #expect(again.status == 200)
            #expect(again["key"] == first["key"])
            let sameWords = #"{ "role": "viewer", "name": "\u0043I" }"#
            let differentlyWritten = try await registry.send(.post, "api-keys", text: sameWords, headers: headers)
            #expect(differentlyWritten["key"] == first["key"])
            #expect(try await registry.count("api_keys") == 1)
            let other = try await registry.send(.post, "api-keys", ["name": "CD", "role": "viewer"], headers: headers)
            #expect(other.problem == "idempotency-key-reused")
            let stored = try await registry.database.run("select sealed from registry.request_identities")
            #expect(try !stored[0].decode(String.self).contains(first["key"].string ?? "?"))
            let another = try await registry.makeKey("owner")
            let theirs = try await registry.send(.post, "api-keys", body, key: another, headers: headers)
            #expect(theirs.status == 201, "a key of somebody else's requests is another one")
        }
    }

    @Test("one request that comes ten times at once makes one key")
    func repeatedAtOnce() async throws {
        try await withRegistry { registry in
            let keys = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await registry.send(
                            .post,
                            "api-keys",
                            ["name": "CI", "role": "viewer"],
                            headers: ["Idempotency-Key": "one"]
                        )["key"].string
                    }
                }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(keys.count == 1 && !keys.contains(nil))
            #expect(try await registry.count("api_keys") == 1)
        }
    }

    @Test("a tenant has so many keys and no more; those that ended do not count")
    func room() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            try await registry.database.run(
                """
                insert into registry.api_keys (id, name, digest, role, tenant, created_at, created_by)
                select gen_random_uuid(), 'x', sha256(n::text::bytea), 'viewer', \(tenant)::uuid, now(),
                    '{"kind": "system", "name": "x"}'
                from generate_series(1, \(APIKeyStore.mostKeys)) n
                """
            )
            let body: JSON = ["name": "x", "role": "viewer", "tenantID": .string(tenant)]
            #expect(try await registry.send(.post, "api-keys", body).problem == "too-many-keys")
            #expect(try await registry.send(.post, "api-keys", ["name": "x", "role": "viewer"]).status == 201)
            try await registry.database.run(
                """
                update registry.api_keys set revoked_at = now()
                where id = (select min(id::text)::uuid from registry.api_keys where tenant = \(tenant)::uuid)
                """
            )
            #expect(try await registry.send(.post, "api-keys", body).status == 201)
        }
    }
}
