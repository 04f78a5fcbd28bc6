import ArgumentParser
import Foundation
import Postgres
import SuiteTesting

/// `bridge-bench pages`: how quick the console's pages are in a large enterprise.
struct Pages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pages",
        abstract: "Looks at each of the console's pages of a large tenant, again and again, beside a limit.",
        discussion: "Needs what compose/local bench gives: a broker, a database and the services' programs."
    )

    @Option(help: "People of the tenant.") var users = 100_000
    @Option(help: "Its departments.") var departments = 2_000
    @Option(help: "Its runs.") var runs = 10_000
    @Option(help: "How often each page is looked at.") var visits = 100
    @OptionGroup var suite: SuiteOptions

    func validate() throws {
        guard users > 0, departments > 0, runs > 0, visits > 0 else {
            throw ValidationError("--users, --departments, --runs and --visits are at least 1")
        }
    }

    func run() async throws {
        let pages = try await withMeasuredSuite("pages", variables: suite.variables) { measured in
            let connected = try await measured.connect("measured", users: users, departments: departments)
            _ = try await measured.synchronizeFirst(connected, users: users)
            let first = try await measured.firstRun(of: connected)
            try await measured.repeatRun(first, times: runs - 1)
            let console = try measured.suite.makeConsole()
            try console.start()
            try await console.waitUntilReady()
            let administrator = try await Administrator(
                console: console.address ?? "",
                key: measured.suite.registry.client.bearer ?? ""
            )
            return try await look(administrator, connected, run: first)
        }
        let summary = PageSummary(people: users, departments: departments, runs: runs, pages: pages)
        suite.show(summary.table, summary.json)
    }

    private func look(
        _ administrator: Administrator,
        _ connected: ConnectedTenant,
        run: String
    ) async throws -> [PageVisits] {
        let (tenant, idp) = ("/tenants/\(connected.tenant.id)", "/idps/\(connected.provider.id)")
        let people = try await administrator.look(at: "\(idp)/people").page
        guard let person = Form.link(containing: "/person?id=", in: people) else {
            throw BenchmarkFailure("nobody is shown on the page of people")
        }
        let past = try await administrator.look(at: person).page
        guard let history = Form.link(containing: "/history", in: past) else {
            throw BenchmarkFailure("nothing leads from a person to what became of them")
        }
        let paths = [
            ("tenants", "/tenants"), ("identity providers", tenant), ("overview", idp), ("runs", "\(idp)/runs"),
            ("a run", "/runs/\(run)"), ("a run's new people", "/runs/\(run)?show=created&kind=user"),
            ("people", "\(idp)/people"), ("people by name", "\(idp)/people?q=%E7%8E%8B"),
            ("people by no name", "\(idp)/people?q=nobody-is-called-this"),
            ("people of a department", "\(idp)/people?department=7"), ("a person", person),
            ("a person's history", history),
            ("departments", "\(idp)/departments"), ("departments by name", "\(idp)/departments?q=7"),
            ("a department's history", "\(idp)/departments/7/history"),
            ("settings", "\(idp)/edit"), ("scope", "\(idp)/scope"), ("mapping", "\(idp)/mapping"),
            ("connection", "\(idp)/connect"), ("revisions", "\(idp)/revisions"), ("preflight", "\(idp)/preflight"),
            ("egress", "\(idp)/egress"), ("safety", "\(idp)/safety"), ("closing", "\(idp)/close"),
            ("extended fields", "\(tenant)/extended-fields"),
            ("notifications", "\(tenant)/notifications"), ("audit", "/audit"), ("API keys", "/api-keys"),
        ]
        var pages: [PageVisits] = []
        for (name, path) in paths {
            // The first one pages code and caches in.
            _ = try await administrator.look(at: path)
            var (seconds, bytes): ([Double], Int) = ([], 0)
            for _ in 0..<visits {
                let visit = try await administrator.look(at: path)
                seconds.append(visit.seconds)
                bytes = visit.page.utf8.count
            }
            pages.append(PageVisits(name: name, seconds: seconds, bytes: bytes))
        }
        return pages
    }
}

extension MeasuredSuite {
    /// The id of the run that read the tenant first.
    fileprivate func firstRun(of connected: ConnectedTenant) async throws -> String {
        try await database.run(
            "select id::text from registry.runs where idp = \(connected.provider.id)::uuid order by epoch limit 1"
        )[0].decode(String.self)
    }

    /// Has there be as many runs more, like that one.
    fileprivate func repeatRun(_ run: String, times: Int) async throws {
        try await database.run(
            """
            insert into registry.runs
            select (jsonb_populate_record(run, jsonb_build_object(
                'id', gen_random_uuid(), 'epoch', run.epoch + n,
                'requested_at', run.requested_at + make_interval(secs => n)
            ))).*
            from registry.runs run, generate_series(1, \(times)) n where run.id = \(run)::uuid
            """
        )
        try await database.run(
            """
            update registry.identity_providers set last_epoch = last_epoch + \(times)
            where id = (select idp from registry.runs where id = \(run)::uuid)
            """
        )
        // As autovacuum does within a minute of a first synchronization.
        try await database.run("vacuum (analyze)")
    }
}
