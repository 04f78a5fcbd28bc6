import Hummingbird

/// Does what an administrator or the provider's console does to an authorization, with the push that follows.
struct AuthorizationControl: Sendable {
    let simulator: Simulator

    func addRoutes(to group: RouterGroup<SimulatorContext>) {
        group.post("corps/:corp/cancel-authorization") {
            try await push($0, $1) { await simulator.cancelAuthorization(of: $0, $1) }
        }
        group.post("corps/:corp/change-authorization") {
            try await push($0, $1) { await simulator.changeAuthorization(of: $0, $1) }
        }
        group.post("corps/:corp/reset-permanent-code") {
            try await push($0, $1) { await simulator.resetPermanentCode(of: $0, $1) }
        }
    }

    private func push(
        _ request: Request,
        _ context: SimulatorContext,
        _ work: (Corp, Template) async -> Delivery?
    ) async throws -> Response {
        let corp = try simulator.corp(context)
        let wanted = try await request.json()["templateID"]?.text
        let templates = simulator.providers.templates.filter { corp.agent(templateID: $0.id) != nil }
        guard let template = templates.first(where: { wanted == nil || $0.id == wanted }),
            let delivery = await work(corp, template)
        else { throw refusal(.conflict, "corp \(corp.id) has authorized no such template") }
        return .json(["delivery": delivery.json])
    }
}
