import Hummingbird
import Runtime
import Web

/// Failed logons, looked up by the diagnosis id that the employee was shown.
struct DiagnosisPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/diagnoses", desk) { visit in try await show(visit) }
    }

    private func show(_ visit: Visit) async throws -> Response {
        let id = visit.query["id"]?.filter { $0 != " " }
        var found: Diagnosis?
        if let id { found = try await diagnosis(id, visit) }
        return try visit.page(
            "diagnoses",
            title: visit.texts["nav.diagnoses"],
            at: Visit.Place(entry: .diagnoses),
            DiagnosisView(id, found, visit)
        )
    }

    /// The verifier shows all; what is not of a tenant that the registry shows to whoever is signed in is not there.
    private func diagnosis(_ id: String, _ visit: Visit) async throws -> Diagnosis? {
        guard id.utf8.count <= 64, id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        do {
            let path = "/api/v1/diagnoses/\(PercentEncoding.encode(id))"
            let diagnosis = try await desk.verifier.get(path, as: Diagnosis.self)
            guard let tenant = diagnosis.tenantID else {
                return try visit.session.tenantID == nil ? diagnosis : nil
            }
            _ = try await visit.registry.get("/api/v1/tenants/\(PercentEncoding.encode(tenant))", as: Tenant.self)
            return diagnosis
        } catch let problem as APIProblem where problem.status == 404 {
            return nil
        }
    }
}
