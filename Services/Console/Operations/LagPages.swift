import Hummingbird
import Runtime
import Web

/// How far each service is behind on what it reads. For operators of all tenants, whom the registry tells from others.
struct LagPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/operations/lag", desk) { visit in
            let groups = try await visit.registry.getPatiently("/api/v1/operations/lag", as: Listed<GroupLag>.self)
            return try visit.page(
                "lag",
                title: visit.texts["nav.lag"],
                at: Visit.Place(entry: .lag),
                LagView(groups.items, visit)
            )
        }
    }
}
