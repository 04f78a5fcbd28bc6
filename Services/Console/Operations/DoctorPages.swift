import Hummingbird
import Runtime
import Web

/// Whether what all services need is as it should be. For operators of all tenants, whom the registry tells from others.
struct DoctorPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/operations/doctor", desk) { visit in
            let checks = try await visit.registry.getPatiently(
                "/api/v1/operations/doctor",
                as: Listed<CheckResult>.self
            )
            return try visit.page(
                "doctor",
                title: visit.texts["nav.doctor"],
                at: Visit.Place(entry: .doctor),
                DoctorView(checks.items, visit)
            )
        }
    }
}
