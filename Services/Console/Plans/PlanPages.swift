import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// What a dry run would do, object by object, and the button that has exactly that done.
struct PlanPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/runs/{run}/plan", desk) { visit in try await plan(visit) }
        router.action("/runs/{run}/apply", desk) { visit in
            try await visit.attempt({ try await apply(visit) }, otherwise: { try await plan($0) })
        }
    }

    private func plan(_ visit: Visit) async throws -> Response {
        let run = try await visit.registry.get("/api/v1/runs/\(try visit.id("run"))", as: Run.self)
        let place = try await visit.place(of: run)
        let path = "/api/v1/runs/\(run.id)/plan"
        let plan = try await desk.directory.get(path, as: Plan.self)
        // What differs is what somebody wants to see of a run that did not carry a plan out.
        let showsDifferences = (plan.differences ?? 0) > 0 && visit.query["change"] == nil
        let content: PlanView
        if showsDifferences {
            let page = try await desk.directory.get(
                "\(path)/differences",
                [("limit", "50"), ("cursor", visit.query["cursor"])],
                as: Listed<PlanDifference>.self
            )
            let told = await told(page.items.flatMap { [$0.values.then, $0.values.now] }, of: place.provider, visit)
            content = PlanView(run, plan, differences: page, told, visit)
        } else {
            let page = try await desk.directory.get(
                "\(path)/objects",
                [
                    ("change", PlanView.change(visit)), ("kind", PlanView.kind(visit)), ("limit", "50"),
                    ("cursor", visit.query["cursor"]),
                ],
                as: Listed<PlannedObject>.self
            )
            let told = await told(page.items.flatMap { [$0.before, $0.after] }, of: place.provider, visit)
            content = PlanView(run, plan, objects: page, told, visit)
        }
        return try visit.page("plan", title: visit.texts["plan.title"], at: place, content)
    }

    /// What tells values in words, with the names of the departments in them.
    private func told(
        _ values: [[String: JSON]?],
        of provider: IdentityProvider?,
        _ visit: Visit
    ) async -> ValueChanges {
        let names = await DepartmentNames.read(DepartmentNames.named(in: values), of: provider, visit)
        return ValueChanges(provider, names, visit)
    }

    private func apply(_ visit: Visit) async throws -> Response {
        let id = try visit.id("run")
        let run = try await visit.registry.send(
            .POST,
            "/api/v1/runs/\(id)/apply",
            .object([:]),
            terms: visit.onceTerms,
            as: Run.self
        )
        return visit.redirect(to: "/runs/\(run.id)", done: "planApplied")
    }
}
