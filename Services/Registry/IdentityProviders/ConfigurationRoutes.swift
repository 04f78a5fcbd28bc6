import Hummingbird
import Kafka
import Runtime

/// `configurations`: what all services are told, as a whole.
struct ConfigurationRoutes: Sendable {
    let providers: IdentityProviderStore
    let clients: ClientStore
    let recovery: ConfigurationRecovery

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.post("configurations/republish") { request, context in
            let caller = try context.caller
            try caller.requireEverywhere(.owner)
            try await request.optionalForm(Form.empty, context: context)
            let configurations = try await providers.republish(by: caller)
            let told = Republished(configurations: configurations, clients: try await clients.republish())
            return try Response.json(told, .accepted)
        }
        group.post("configurations/recover") { request, context in
            let caller = try context.caller
            try caller.requireEverywhere(.owner)
            try await request.optionalForm(Form.empty, context: context)
            do {
                return try Response.json(try await recovery.recover(by: caller), .ok)
            } catch is KafkaError {
                throw Problem.unavailable("The brokers cannot be asked what was told at present.")
            }
        }
    }
}

/// How many configurations were told again.
private struct Republished: Encodable {
    var configurations: Int
    var clients: Int
}
