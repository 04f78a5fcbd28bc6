import Messages
import Pipeline
import WeCom

/// Reads one run from WeCom and sends it on, as one holder of it: from the plan to the manifest.
struct RunFetch: Sendable {
    let lease: Lease
    /// Gives the credentials.
    let configuration: IdentityProviderConfiguration
    let admission: RunAdmission
    let sessions: CorpSessions
    let checkpoints: CheckpointStore
    let pageSets: PageSetStore
    let sender: RunSender
    let memory: PageMemory
    let settings: FetcherSettings

    /// People read one by one that make a unit of work.
    private static let personsAtOnce = 50

    /// What came of it.
    struct Result: Sendable {
        /// What was read, by all holders of the run together.
        let manifest: FetchManifest
        /// The departments that were read.
        let departments: [Int64]
        /// What the next run can go on from, if this holder alone has read all.
        let pages: PageSetUpdate?
    }

    /// - Throws: ``RunFailure`` when the run cannot go on; what sending and remembering throw.
    func read() async throws -> Result {
        let session = try sessions.session(for: configuration)
        let agent = try configuration.agent
        switch lease.run.kind {
        case .full, .repair, .departments: return try await readRange(session, agent)
        case .objects: return try await readObjects(session, agent)
        case .apply, .reject, .undo, .replay, .delete:
            let range = try await range(session, agent)
            return Result(manifest: .nothing(scope: terms.scope, range: range), departments: [], pages: nil)
        }
    }

    /// What the app may see.
    func range(_ session: CorpSession, _ agent: AgentID) async throws -> RangeReading.Result {
        try await RangeReading(session: session, agent: agent, isCaseSensitive: isCaseSensitive).read()
    }

    private func readRange(_ session: CorpSession, _ agent: AgentID) async throws -> Result {
        let planner = RunPlanner(session: session, agent: agent, isCaseSensitive: isCaseSensitive)
        let (plan, list) = try await planner.plan(terms.scope)
        var manifest = ManifestBuilder(plan)
        try await sendDepartments(plan.departments.map { ($0.id, list.bytes(of: $0)) }, &manifest)
        var pages: PageSetUpdate?
        if lease.run.kind.readsEverything {
            let done = try await checkpoints.load(lease)
            // What an earlier holder remembered is not known by its pages, so all of the rest travels.
            let isWhole = done.isEmpty && !lease.run.isDryRun
            let way = way(session, agent)
            let known = isWhole ? try await pageSets.load(for: lease.run, read: way) : nil
            let paths = tellsPaths ? list.paths(isWhole: plan.unread.isEmpty) : nil
            let source = PeopleSource(
                session: session,
                isCaseSensitive: isCaseSensitive,
                known: known,
                paths: paths.map(PeopleSource.Paths.init(listed:))
            )
            var update = PageSetUpdate(way: way, known: known)
            manifest.add(gone: done.people.count { !$0.isPresent })
            try await readPeople(plan, source, besides: done, &manifest, &update)
            if isWhole { pages = update }
        }
        return Result(
            manifest: manifest.manifest(pages: await sender.pages),
            departments: manifest.departmentsRead.sorted(),
            pages: pages
        )
    }

    var terms: RunTerms { lease.run.terms }

    /// Whether people's records tell where their departments stand.
    var tellsPaths: Bool { terms.tellsDepartmentPaths ?? false }

    var isCaseSensitive: Bool { terms.userIDCase == .sensitive }

    /// How pages are read.
    func way(_ session: CorpSession, _ agent: AgentID) -> PageSet.Way {
        PageSet.Way(
            mapping: terms.mapping,
            scope: terms.scope.hash,
            corp: session.corpID.rawValue,
            agent: Int64(agent.rawValue)
        )
    }

    func sendDepartments(
        _ records: [(id: Int64, bytes: ArraySlice<UInt8>)],
        _ manifest: inout ManifestBuilder
    ) async throws {
        var cutter = PageCutter()
        for (id, bytes) in records where !cutter.add(bytes) {
            manifest.note("The record of department \(id) is too large.")
        }
        try await sender.send(cutter.finish().map { .departments($0) })
        try await sender.tell(manifest.standing)
    }

    func readPeople(
        _ plan: RunPlan,
        _ source: PeopleSource,
        besides done: Checkpoint,
        _ manifest: inout ManifestBuilder,
        _ pages: inout PageSetUpdate
    ) async throws {
        let reading = PeopleReading(
            people: source,
            sender: sender,
            checkpoints: checkpoints,
            lease: lease,
            concurrency: settings.session.concurrency * 2,
            memory: memory,
            check: { [admission, run = lease.run] in try admission.check(run.subject, run.terms) }
        )
        for department in done.departments { manifest.add(department) }
        // Those who have left the plan meanwhile count all the same, for they were sent.
        manifest.add(people: done.people.filter(\.isSent).map(\.key))
        let isDone = Set(done.departments.map(\.department))
        let departments = plan.departments.map(\.id).filter { !isDone.contains($0) }
        try await reading.read(departments.map { .department($0) }, into: &manifest, &pages)

        let users = manifest.users
        let isAsked = Set(done.people.map(\.key))
        let rest = plan.people.filter { id in
            let key = DirectoryKey(id, isCaseSensitive: source.isCaseSensitive).digest
            return !users.contains(key) && !isAsked.contains(key)
        }
        let units = stride(from: 0, to: rest.count, by: Self.personsAtOnce).map { start in
            PeopleSource.Unit.persons(Array(rest[start..<min(start + Self.personsAtOnce, rest.count)]))
        }
        try await reading.read(units, into: &manifest, &pages)
    }
}
