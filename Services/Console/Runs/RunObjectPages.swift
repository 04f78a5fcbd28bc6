import Hummingbird
import Runtime
import Web

/// What a run did to whom: a part of its report, and a file.
struct RunObjectPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/runs/{run}/objects/export", desk) { visit in try await export(visit) }
    }

    /// What the directory says that the run did; nil for a run that has done nothing yet, and for a dry one.
    func list(of run: Run, _ provider: IdentityProvider?, _ visit: Visit) async throws -> RunObjectList? {
        guard !run.dryRun, run.state == .finished || run.hasChanged else { return nil }
        let filter = RunObjectFilter(visit, of: run)
        let page = try await objects(of: run, filter, visit)
        let named = DepartmentNames.named(in: (page?.items ?? []).flatMap { [$0.before, $0.after] })
        let names = await DepartmentNames.read(named, of: provider, visit)
        return RunObjectList(of: run, filter, page, names, provider, visit)
    }

    /// Nil where nothing is kept of the run, or the directory does not answer.
    private func objects(of run: Run, _ filter: RunObjectFilter, _ visit: Visit) async throws -> Listed<RunObject>? {
        do {
            return try await desk.directory.get(
                "/api/v1/runs/\(run.id)/objects",
                filter.query + [("limit", "50"), ("cursor", visit.query["cursor"])],
                as: Listed<RunObject>.self
            )
        } catch let problem as APIProblem where problem.status == 404 || problem.status >= 500 {
            return nil
        }
    }

    private func export(_ visit: Visit) async throws -> Response {
        // Only of a run that the registry shows to whoever is signed in.
        let run = try await visit.registry.get("/api/v1/runs/\(try visit.id("run"))", as: Run.self)
        let format = Download.Format(visit)
        let path = PercentEncoding.url(
            "/api/v1/runs/\(run.id)/objects/export",
            [("format", format.rawValue), ("change", visit.query["change"]), ("kind", visit.query["kind"])]
        )
        return Download.response(try await desk.directory.open(path), format, named: "run-\(run.id)")
    }
}

extension Run {
    /// Whether it has done anything to anybody so far.
    fileprivate var hasChanged: Bool {
        [counts.users, counts.departments].contains { $0.created + $0.updated + $0.removed + $0.rejected > 0 }
    }
}
