import FoundationEssentials
import HTTPTypes
import Messages
import Postgres
import Runtime
import Sealing

/// The tenants' webhooks.
struct WebhookStore: Sendable {
    let ledger: Ledger
    let keys: SealingKeys

    /// A tenant has so many at most.
    static let most = 10

    /// Makes a webhook, with a secret of its own.
    func create(
        _ form: WebhookForm,
        of tenant: TenantID,
        as identity: RequestIdentity?,
        by caller: Caller
    ) async throws -> Made<WebhookWithSecret> {
        guard let url = form.url else { throw Problem.invalid([]) }
        let (id, secret) = (UUIDv7.make(), Self.makeSecret())
        let context = Webhook.context(id)
        let sealed = try keys.seal(secret, context: context)
        return try await ledger.change { connection in
            if let earlier = try identity?.earlier(on: connection) {
                return Made(try known(earlier, of: tenant, on: connection), isRepeated: true)
            }
            try TenantStore.lock(tenant, on: connection)
            let count = try connection.run("select 1 from registry.webhooks where tenant = \(tenant)").count
            guard count < Self.most else { throw Problem.tooManyWebhooks }
            let rows = try connection.run(
                """
                insert into registry.webhooks
                    (id, tenant, revision, url, description, kinds, is_enabled, secret, created_at, updated_at)
                values (\(id), \(tenant), 1, \(url), \(form.description ?? ""), \(form.kinds ?? [])::text[],
                    \(form.isEnabled ?? true), \(sealed.text), clock_timestamp(), clock_timestamp())
                returning \(Webhook.columns)
                """
            )
            let webhook = try Webhook(rows[0])
            try Self.note("webhook.created", webhook, by: caller, on: connection)
            try identity?.remember(id.uuidString, sealed: sealed, for: context, on: connection)
            return Made(WebhookWithSecret(webhook: webhook, secret: secret))
        }
    }

    /// What an earlier request was answered with: its answer may be what was lost.
    private func known(
        _ earlier: RequestIdentity.Earlier,
        of tenant: TenantID,
        on connection: isolated Connection
    ) throws -> WebhookWithSecret {
        guard let id = UUID(uuidString: earlier.object), let sealed = earlier.sealed,
            let row = try connection.run(Self.select(id, tenant)).first
        else { throw Problem.noWebhook }
        return WebhookWithSecret(
            webhook: try Webhook(row),
            secret: try keys.open(sealed, context: Webhook.context(id))
        )
    }

    /// A tenant's webhooks, oldest first.
    func list(_ page: Page, of tenant: TenantID) async throws -> Listing<Webhook> {
        let rows = try await ledger.database.run(
            """
            select \(Webhook.columns) from registry.webhooks
            where tenant = \(tenant) and (\(try page.afterID)::uuid is null or id > \(try page.afterID)::uuid)
            order by id limit \(page.rows)
            """
        )
        return Listing(try rows.map(Webhook.init), of: page) { $0.id.uuidString }
    }

    /// One webhook. Throws 404 when the tenant has none with this id.
    func find(_ id: UUID, of tenant: TenantID) async throws -> Webhook {
        let rows = try await ledger.database.run(Self.select(id, tenant))
        guard let row = rows.first else { throw Problem.noWebhook }
        return try Webhook(row)
    }

    /// Changes a webhook; one that is enabled again, or goes elsewhere, is tried at once.
    func change(
        _ id: UUID,
        of tenant: TenantID,
        by form: WebhookForm,
        expecting expected: ExpectedVersion,
        caller: Caller
    ) async throws -> Webhook {
        try await ledger.change { connection in
            let webhook = try Self.lock(id, tenant, expected, on: connection)
            let rows = try connection.run(
                """
                update registry.webhooks
                set revision = revision + 1, url = \(form.url ?? webhook.url),
                    description = \(form.description ?? webhook.description),
                    kinds = \(form.kinds ?? webhook.kinds)::text[], is_enabled = \(form.isEnabled ?? webhook.isEnabled),
                    failures = 0, resting_until = null, updated_at = clock_timestamp()
                where id = \(id) returning \(Webhook.columns)
                """
            )
            let changed = try Webhook(rows[0])
            try connection.run(DeliveryQueue.wake(id))
            try Self.note("webhook.changed", changed, by: caller, on: connection)
            return changed
        }
    }

    /// Gives a webhook a new secret; the former one signs beside it for some hours.
    func rotate(
        _ id: UUID,
        of tenant: TenantID,
        overlapHours: Int,
        expecting expected: ExpectedVersion,
        caller: Caller
    ) async throws -> WebhookWithSecret {
        let secret = Self.makeSecret()
        let sealed = try keys.seal(secret, context: Webhook.context(id))
        let webhook = try await ledger.change { connection in
            _ = try Self.lock(id, tenant, expected, on: connection)
            let rows = try connection.run(
                """
                update registry.webhooks
                set revision = revision + 1, former_secret = secret, secret = \(sealed.text),
                    former_until = clock_timestamp() + make_interval(hours => \(overlapHours)),
                    updated_at = clock_timestamp()
                where id = \(id) returning \(Webhook.columns)
                """
            )
            let changed = try Webhook(rows[0])
            try Self.note("webhook.secret-rotated", changed, by: caller, on: connection)
            return changed
        }
        return WebhookWithSecret(webhook: webhook, secret: secret)
    }

    /// Deletes a webhook and what was to be sent to it.
    func delete(
        _ id: UUID,
        of tenant: TenantID,
        expecting expected: ExpectedVersion,
        caller: Caller
    ) async throws {
        try await ledger.change { connection in
            let webhook = try Self.lock(id, tenant, expected, on: connection)
            try connection.run("delete from registry.webhooks where id = \(id)")
            try Self.note("webhook.deleted", webhook, by: caller, on: connection)
        }
    }

    private static func lock(
        _ id: UUID,
        _ tenant: TenantID,
        _ expected: ExpectedVersion,
        on connection: isolated Connection
    ) throws -> Webhook {
        let rows = try connection.run(select(id, tenant) + " for update")
        guard let row = rows.first else { throw Problem.noWebhook }
        let webhook = try Webhook(row)
        guard expected.admits(webhook.revision.rawValue) else { throw Problem.stale(at: webhook.revision.rawValue) }
        return webhook
    }

    private static func select(_ id: UUID, _ tenant: TenantID) -> SQL {
        "select \(Webhook.columns) from registry.webhooks where id = \(id) and tenant = \(tenant)"
    }

    private static func note(
        _ action: String,
        _ webhook: Webhook,
        by caller: Caller,
        on connection: isolated Connection
    ) throws {
        let entry = AuditEntry(action, "webhook", webhook.id, of: webhook.tenant, by: caller.actor)
        let host = URLComponents(string: webhook.url)?.host ?? ""
        try entry.with(["host": .string(host), "revision": .integer(webhook.revision.rawValue)])
            .append(on: connection)
    }

    /// 32 bytes by chance, in the form that libraries of Standard Webhooks take.
    private static func makeSecret() -> Secret {
        Secret("whsec_" + Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString())
    }
}

extension Problem {
    /// 404, also for another tenant's.
    static let noWebhook = Problem.notFound("There is no webhook with this id.")

    /// 409: nobody needs so many.
    static let tooManyWebhooks = Problem.conflict(
        "too-many-webhooks",
        "A tenant has at most \(WebhookStore.most) webhooks.",
        fix: "Delete one that is not needed."
    )
}
