import Hummingbird
import Runtime
import Web

/// What needs somebody, of all tenants: what runs hold, and runs that are late or fail. For operators of all tenants, whom the
/// registry tells from others.
struct ConditionPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/operations", desk) { visit in try await list(visit) }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let kind = visit.query["kind"].flatMap { NotificationKind(rawValue: $0) }
        let page = try await visit.registry.get(
            "/api/v1/operations/conditions",
            [("kind", kind?.rawValue), ("limit", "50"), ("cursor", visit.query["cursor"])],
            as: Listed<OpenCondition>.self
        )
        return try visit.page(
            "conditions",
            title: visit.texts["nav.conditions"],
            at: Visit.Place(entry: .conditions),
            ConditionList(page, kind, visit)
        )
    }
}
