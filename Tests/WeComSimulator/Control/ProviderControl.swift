import Hummingbird

/// Registers the provider and its template, pushes tickets, verifies the callback URL.
struct ProviderControl: Sendable {
    let simulator: Simulator

    func addRoutes(to group: RouterGroup<SimulatorContext>) {
        group.post("provider") { request, _ in try await register(request) }
        group.post("provider/ticket") { request, _ in
            let pushed = await simulator.pushTicket(to: try await template(request))
            return Response.json(["ticket": .string(pushed.ticket), "delivery": pushed.delivery.json])
        }
        group.post("provider/verify") { request, _ in try await verify(request) }
        group.post("send-callback") { request, _ in try await forge(request) }
    }

    private func register(_ request: Request) async throws -> Response {
        let fields = try await request.json()
        var registration = ProviderRegistration(
            corpID: try fields.required("corpID"),
            secret: try fields.required("secret"),
            templateID: try fields.required("templateID"),
            templateSecret: try fields.required("templateSecret"),
            callbackURL: try fields.required("callbackURL"),
            token: try fields.required("token"),
            encodingAESKey: try fields.required("encodingAESKey"),
            ticketSeconds: fields["ticketSeconds"]?.number ?? ProviderRegistration.usualTicketSeconds,
            publishStatus: try fields.count("publishStatus", default: 2)
        )
        registration.dataCallbackURL = fields["dataCallbackURL"]?.text
        do {
            try simulator.register(registration)
        } catch {
            throw refusal(.badRequest, "the field encodingAESKey must be 43 letters and digits")
        }
        return .json(["templateID": .string(registration.templateID)], status: .created)
    }

    private func verify(_ request: Request) async throws -> Response {
        let template = try await template(request)
        let echo = String(UInt64.random(in: 1_000_000_000_000_000_000...UInt64.max))
        let delivery = try await simulator.callbacks.verify(template, echo: echo)
        return .json([
            "verified": .bool(delivery.status == 200 && delivery.body == echo), "expected": .string(echo),
            "delivery": delivery.json,
        ])
    }

    private func forge(_ request: Request) async throws -> Response {
        let kind = try await request.json()["kind"]?.text ?? ""
        guard let forgery = Forgery(rawValue: kind) else {
            throw refusal(.badRequest, "kind is one of \(Forgery.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let delivery = try await simulator.callbacks.send(forgery, to: try template(nil)) else {
            throw refusal(.conflict, "nothing was sent yet that could be replayed")
        }
        return .json(["delivery": delivery.json])
    }

    private func template(_ request: Request) async throws -> Template {
        try template(try await request.json()["templateID"]?.text)
    }

    private func template(_ id: String?) throws -> Template {
        let template = id.map { simulator.providers.template($0) } ?? simulator.providers.templates.first
        guard let template else { throw refusal(.notFound, "no such template is registered") }
        return template
    }
}
