import Examination
import Hummingbird
import Pipeline
import Runtime

/// `operations/lag` and `operations/doctor`: how far services are behind, and what is wrong with what all of them need. For
/// operators of all tenants.
struct BrokerRoutes: Sendable {
    private struct Items: Encodable, Sendable {
        let items: [JSON]
    }

    let desk: BrokerDesk
    let database: DatabaseExamination

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("operations/lag") { _, context in
            try context.caller.requireEverywhere(.operator)
            return try Response.json(Items(items: try await desk.lag().map(\.json)))
        }
        group.get("operations/doctor") { _, context in
            try context.caller.requireEverywhere(.operator)
            async let ofDatabase = database.findings()
            let findings = await desk.findings() + ofDatabase
            return try Response.json(Items(items: findings.map(\.json)))
        }
    }
}
