import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// An identity provider's runs, and each run's report, with what can be decided about it.
struct RunPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/idps/{idp}/runs", desk) { visit in try await list(visit) }
        router.action("/idps/{idp}/runs", desk) { visit in
            try await visit.attempt({ try await start(visit) }, otherwise: { try await list($0) })
        }
        router.page("/runs/{run}", desk) { visit in try await report(visit) }
        router.action("/runs/{run}/cancel", desk) { visit in
            try await visit.attempt({ try await cancel(visit) }, otherwise: { try await report($0) })
        }
        for verb in ["approve", "reject", "undo"] {
            router.action(RouterPath("/runs/{run}/\(verb)"), desk) { visit in
                try await visit.attempt({ try await decide(visit, verb) }, otherwise: { try await report($0) })
            }
        }
        RunObjectPages(desk: desk).add(to: router)
        RunEventPages(desk: desk).add(to: router)
    }

    private func list(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.runs)
        guard let provider = place.provider else { throw PageError.notFound }
        let page = try await visit.registry.get(
            "/api/v1/idps/\(provider.id)/runs",
            [("limit", "30"), ("cursor", visit.query["cursor"])],
            as: Listed<Run>.self
        )
        return try visit.page(
            "runs",
            title: visit.texts["nav.runs"],
            at: place,
            RunList(provider, page, visit)
        )
    }

    private func start(_ visit: Visit) async throws -> Response {
        let id = try visit.id("idp")
        var body: [String: JSON] = ["kind": .string(visit.form["kind"] ?? "full")]
        if visit.form["dry"] != nil { body["dryRun"] = .boolean(true) }
        if let user = visit.form["user"] { body["user"] = .string(user) }
        if let department = visit.form["department"].flatMap({ Int64($0) }) {
            body["department"] = .integer(department)
            body["includesBelow"] = .boolean(true)
        }
        let run = try await visit.registry.send(
            .POST,
            "/api/v1/idps/\(id)/runs",
            .object(body),
            terms: visit.onceTerms,
            as: Run.self
        )
        return visit.redirect(to: "/runs/\(run.id)", done: "runStarted")
    }

    private func report(_ visit: Visit) async throws -> Response {
        let run = try await visit.registry.get("/api/v1/runs/\(try visit.id("run"))", as: Run.self)
        let place = try await visit.place(of: run)
        let list = try await RunObjectPages(desk: desk).list(of: run, place.provider, visit)
        return try visit.page(
            "run",
            title: visit.texts["run.report"],
            at: place,
            refreshes: run.state == .finished ? nil : 5,
            // What was begun is over: how it went is what counts.
            saysDone: run.state != .finished,
            RunReport(run, place.provider, list, visit)
        )
    }

    private func cancel(_ visit: Visit) async throws -> Response {
        let id = try visit.id("run")
        try await visit.registry.send(.POST, "/api/v1/runs/\(id)/cancel")
        return visit.redirect(to: "/runs/\(id)", done: "cancelling")
    }

    private func decide(_ visit: Visit, _ verb: String) async throws -> Response {
        let id = try visit.id("run")
        var body: [String: JSON] = [:]
        if visit.form["which"] == "chosen" {
            let objects = visit.form.all("object").compactMap(Self.object)
            guard !objects.isEmpty else { throw APIProblem.refused("nothing-chosen") }
            body["objects"] = .array(objects)
        }
        if verb == "approve", let reused = visit.form["reused"] { body["reused"] = .string(reused) }
        let run = try await visit.registry.send(
            .POST,
            "/api/v1/runs/\(id)/\(verb)",
            .object(body),
            terms: visit.onceTerms,
            as: Run.self
        )
        return visit.redirect(to: "/runs/\(run.id)", done: verb)
    }

    /// `user:zhangsan` or `department:7`, as a box to tick says it.
    private static func object(_ text: String) -> JSON? {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, ["user", "department"].contains(parts[0]) else { return nil }
        return .object(["kind": .string(parts[0]), "externalID": .string(parts[1])])
    }
}

extension Visit {
    /// A run's identity provider and tenant; of a deleted one only the run is shown.
    func place(of run: Run) async throws -> Place {
        do {
            let provider = try await registry.get("/api/v1/idps/\(run.idpID)", as: IdentityProvider.self)
            let tenant = try await registry.get("/api/v1/tenants/\(provider.tenantID)", as: Tenant.self)
            return Place(tenant: tenant, provider: provider, entry: .runs)
        } catch let problem as APIProblem where problem.status == 404 {
            return Place()
        }
    }
}
