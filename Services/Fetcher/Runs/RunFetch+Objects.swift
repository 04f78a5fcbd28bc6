import JSONCoding
import Messages
import WeCom

/// Reads single departments, with their people, and single people; never the whole list of departments.
extension RunFetch {
    func readObjects(_ session: CorpSession, _ agent: AgentID) async throws -> Result {
        guard let target = lease.run.target else {
            throw RunFailure(.failed, "The run does not name what it is to read.", cause: .unreadable)
        }
        let range = try await range(session, agent)
        let ancestry = Ancestry(session: session, range: range.range, scope: terms.scope)
        let objects = try await ObjectsPlanner(session: session, ancestry: ancestry).plan(target)
        let plan = RunPlan(objects, range: range, scope: terms.scope)
        var manifest = ManifestBuilder(plan)
        try await sendDepartments(objects.departments.map { ($0.id, $0.record) }, &manifest)
        let source = PeopleSource(
            session: session,
            isCaseSensitive: isCaseSensitive,
            known: nil,
            paths: tellsPaths ? .asked(ancestry) : nil
        )
        // Runs of single objects leave alone what the next full one can go on from.
        var pages = PageSetUpdate(way: way(session, agent), known: nil)
        try await readPeople(plan, source, besides: try await checkpoints.load(lease), &manifest, &pages)
        let findings = try await readTargets(target.users, session, ancestry, &manifest)
        return Result(
            manifest: manifest.manifest(pages: await sender.pages, findings: findings),
            departments: manifest.departmentsRead.sorted(),
            pages: nil
        )
    }

    private func readTargets(
        _ users: [String],
        _ session: CorpSession,
        _ ancestry: Ancestry,
        _ manifest: inout ManifestBuilder
    ) async throws -> [Finding] {
        let reading = TargetPeople(
            session: session,
            ancestry: ancestry,
            tellsPaths: tellsPaths,
            isCaseSensitive: isCaseSensitive,
            concurrency: settings.session.concurrency
        )
        let people = try await reading.read(users, seen: manifest.users)
        var cutter = PageCutter()
        for record in people.records where !cutter.add(record[...]) {
            manifest.note("The record of a person who was asked for is too large.")
        }
        try await sender.send(cutter.finish().map { .users($0, nil) })
        manifest.add(people: people.keys)
        for reason in people.shortcomings { manifest.note(reason) }
        for notice in people.notices { manifest.tell(notice) }
        try await sender.tell(manifest.standing)
        return people.findings
    }
}
