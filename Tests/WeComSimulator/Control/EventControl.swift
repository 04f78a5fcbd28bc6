import Hummingbird

/// Says how changes are told, and tells of changes that were none.
struct EventControl: Sendable {
    let simulator: Simulator

    func addRoutes(to group: RouterGroup<SimulatorContext>) {
        group.put("events") { request, _ in try await set(request) }
        group.post("events/release") { request, _ in
            let isReversed = try await request.json()["reversed"]?.bool ?? false
            return Response.json(["sent": .integer(await simulator.releaseEvents(reversed: isReversed))])
        }
        group.post("corps/:corp/events") { try await push($0, $1) }
        group.put("corps/:corp/tags/:tag") { try await putTag($0, $1) }
    }

    /// `envelope` is `data`, `suite` or null; what is left out is as at first.
    private func set(_ request: Request) async throws -> Response {
        let fields = try await request.json()
        simulator.events.settings = EventBook.Settings(
            envelope: try Self.envelope(fields),
            isJSON: fields["json"]?.bool ?? false,
            copies: try fields.count("copies", default: 1),
            lose: try fields.count("lose", default: 0),
            isHeld: fields["held"]?.bool ?? false
        )
        return .json([:])
    }

    private static func envelope(_ fields: JSON) throws -> ContactEnvelope? {
        guard let field = fields["envelope"], field != .null else { return nil }
        guard let envelope = field.text.flatMap(ContactEnvelope.init) else {
            throw refusal(.badRequest, "the field envelope is data or suite")
        }
        return envelope
    }

    /// One event, true or not: `event`, `changeType`, `sender` and further `fields`; `forged` spoils the signature.
    private func push(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let corp = try simulator.corp(context)
        let fields = try await request.json()
        var event = ContactEvent(changeType: fields["changeType"]?.text, fields: fields["fields"]?.members ?? [])
        event.event = fields["event"]?.text ?? event.event
        event.sender = fields["sender"]?.text ?? event.sender
        let settings = EventBook.Settings(
            isJSON: fields["json"]?.bool ?? false,
            copies: try fields.count("copies", default: 1)
        )
        let envelope = try Self.envelope(fields) ?? .data
        var deliveries: [JSON] = []
        for (push, template) in simulator.push(event, of: corp, envelope, settings) {
            let isForged = fields["forged"]?.bool ?? false
            let delivery =
                isForged
                ? try await simulator.callbacks.forge(push, to: template)
                : await simulator.callbacks.send(push, to: template)
            deliveries.append(delivery.json)
        }
        return .json(["deliveries": .array(deliveries)])
    }

    /// `name`, `users` and `departments`, each where it is given.
    private func putTag(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let corp = try simulator.corp(context)
        let id = try context.parameters.require("tag", as: Int.self)
        let fields = try await request.json()
        corp.withState { state in
            let before = state.organisation.tags[id]
            state.organisation.put(
                Tag(
                    id: id,
                    name: fields["name"]?.text ?? before?.name ?? "标签 \(id)",
                    users: fields["users"]?.texts ?? before?.users ?? [],
                    departments: fields["departments"]?.integers ?? before?.departments ?? []
                )
            )
            state.forgetEverything()
        }
        let sent = await simulator.tell([.tag(id)], of: corp)
        return .json(["id": .integer(id), "events": .integer(sent)])
    }
}
