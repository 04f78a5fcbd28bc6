import Hummingbird

/// Shows what people got from applications.
struct MessageControl: Sendable {
    let simulator: Simulator

    func addRoutes(to group: RouterGroup<SimulatorContext>) {
        group.get("corps/:corp/messages") { _, context in
            let corp = try simulator.corp(context)
            return Response.json([
                "messages": .array(
                    simulator.messages.messages(in: corp.id).map {
                        ["agentID": .integer($0.agentID), "users": JSON($0.users), "text": .string($0.text)]
                    }
                )
            ])
        }
    }
}
