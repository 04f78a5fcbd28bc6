import FoundationEssentials
import Hummingbird
import Messages
import Runtime

/// `tenants/{tenant}/webhooks`, and what was told by them.
struct WebhookRoutes: Sendable {
    let tenants: TenantStore
    let webhooks: WebhookStore
    let deliveries: DeliveryStore
    let policy: WebhookPolicy

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("tenants/{tenant}/webhooks") { request, context in
            try Response.json(try await webhooks.list(try Page(request), of: try await seen(context)))
        }
        group.get("tenants/{tenant}/webhooks/{webhook}") { _, context in
            try answer(try await webhooks.find(try context.webhookID, of: try await seen(context)))
        }
        group.post("tenants/{tenant}/webhooks") { request, context in
            let tenant = try await changeable(context)
            let form = try await request.form(WebhookForm.new(policy), context: context)
            let made = try await webhooks.create(
                form,
                of: tenant,
                as: context.identityOfRequest,
                by: try context.caller
            )
            return try answer(made.value, made.isRepeated ? .ok : .created)
        }
        group.patch("tenants/{tenant}/webhooks/{webhook}") { request, context in
            let tenant = try await changeable(context)
            let id = try await webhooks.find(try context.webhookID, of: tenant).id
            let expected = try EntityTag.expected(by: request)
            let form = try await request.form(WebhookForm.change(policy), context: context)
            let caller = try context.caller
            return try answer(
                try await webhooks.change(id, of: tenant, by: form, expecting: expected, caller: caller)
            )
        }
        group.delete("tenants/{tenant}/webhooks/{webhook}") { request, context in
            let tenant = try await changeable(context)
            let id = try await webhooks.find(try context.webhookID, of: tenant).id
            let expected = try EntityTag.expected(by: request)
            try await webhooks.delete(id, of: tenant, expecting: expected, caller: try context.caller)
            return HTTPResponse.Status.noContent
        }
        addActions(to: group)
    }

    private func addActions(to group: RouterGroup<RegistryContext>) {
        group.post("tenants/{tenant}/webhooks/{webhook}/rotate-secret") { request, context in
            let tenant = try await changeable(context)
            let id = try await webhooks.find(try context.webhookID, of: tenant).id
            let expected = try EntityTag.expected(by: request)
            let hours = try await request.optionalForm(WebhookForm.rotation, context: context)
            let caller = try context.caller
            return try answer(
                try await webhooks.rotate(id, of: tenant, overlapHours: hours, expecting: expected, caller: caller)
            )
        }
        group.post("tenants/{tenant}/webhooks/{webhook}/ping") { request, context in
            let tenant = try await changeable(context)
            let webhook = try await webhooks.find(try context.webhookID, of: tenant)
            try await request.optionalForm(Form.empty, context: context)
            return try Response.json(try await deliveries.ping(webhook, by: try context.caller), .accepted)
        }
        group.get("tenants/{tenant}/notifications") { request, context in
            try Response.json(try await deliveries.notifications(try Page(request), of: try await seen(context)))
        }
        group.get("tenants/{tenant}/deliveries") { request, context in
            let webhook = try Self.webhook(request)
            let tenant = try await seen(context)
            return try Response.json(try await deliveries.deliveries(try Page(request), of: tenant, to: webhook))
        }
        group.post("tenants/{tenant}/deliveries/{delivery}/retry") { request, context in
            let tenant = try await changeable(context)
            guard let id = context.parameters.get("delivery").flatMap({ UUID(uuidString: $0) }) else {
                throw Problem.noDelivery
            }
            try await request.optionalForm(Form.empty, context: context)
            return try Response.json(try await deliveries.retry(id, of: tenant, by: try context.caller), .accepted)
        }
    }

    /// `?webhook=`
    private static func webhook(_ request: Request) throws -> UUID? {
        guard let text = request.query["webhook"] else { return nil }
        guard let id = UUID(uuidString: text) else {
            throw Problem.invalid([FieldError("webhook", "Give the id of a webhook.")])
        }
        return id
    }

    private func seen(_ context: RegistryContext) async throws -> TenantID {
        try await tenants.find(try context.tenantID, for: try context.caller).id
    }

    private func changeable(_ context: RegistryContext) async throws -> TenantID {
        let tenant = try await seen(context)
        try context.caller.require(.admin)
        return tenant
    }

    private func answer(_ webhook: Webhook) throws -> Response {
        try Response.json(webhook, headers: [.eTag: EntityTag.text(webhook.revision)])
    }

    private func answer(_ made: WebhookWithSecret, _ status: HTTPResponse.Status = .ok) throws -> Response {
        var headers: HTTPFields = [.eTag: EntityTag.text(made.webhook.revision)]
        if status == .created {
            let id = made.webhook.id.uuidString.lowercased()
            headers[.location] = "/api/v1/tenants/\(made.webhook.tenant)/webhooks/\(id)"
        }
        return try Response.json(made, status, headers: headers)
    }
}

extension RegistryContext {
    /// The path's webhook. Throws 404 when it is no id.
    fileprivate var webhookID: UUID {
        get throws {
            guard let id = parameters.get("webhook").flatMap({ UUID(uuidString: $0) }) else { throw Problem.noWebhook }
            return id
        }
    }
}
