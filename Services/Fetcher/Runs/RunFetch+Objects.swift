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
        let done = try await checkpoints.load(lease)
        try await readPeople(plan, source, besides: done, &manifest, &pages)
        let findings = try await readTargets(target.users, session, ancestry, besides: done.people, &manifest)
        return Result(
            manifest: manifest.manifest(pages: await sender.pages, findings: findings),
            departments: manifest.departmentsRead.sorted(),
            pages: nil
        )
    }

    /// People who are asked for between two writings of the checkpoint.
    private static let targetsAtOnce = 200

    private func readTargets(
        _ users: [String],
        _ session: CorpSession,
        _ ancestry: Ancestry,
        besides asked: [AskedPerson],
        _ manifest: inout ManifestBuilder
    ) async throws -> [Finding] {
        let reading = TargetPeople(
            session: session,
            ancestry: ancestry,
            tellsPaths: tellsPaths,
            isCaseSensitive: isCaseSensitive,
            concurrency: settings.session.concurrency
        )
        let objects = reading.distinct(users)
        var all = reading.remembered(asked, of: objects, seen: manifest.users)
        let isKnown = Set(all.findings.map(\.object))
        var rest = objects.filter { !isKnown.contains($0) }
        while !rest.isEmpty {
            let part = try await reading.read(Array(rest.prefix(Self.targetsAtOnce)), seen: manifest.users)
            rest.removeFirst(min(Self.targetsAtOnce, rest.count))
            try await send(part, &manifest)
            if let wait = part.wait { throw wait }
            all.add(part)
            guard let others = part.others else { continue }
            all.findings += rest.map { Finding($0, others.answer, code: others.code) }
            break
        }
        all.tellFindings()
        for reason in all.shortcomings { manifest.note(reason) }
        for notice in all.notices { manifest.tell(notice) }
        let findings = Dictionary(all.findings.map { ($0.object, $0) }) { $1 }
        return objects.compactMap { findings[$0] }
    }

    /// Sends the records, and remembers what WeCom said, unless one of the records cannot be sent.
    private func send(_ part: TargetPart, _ manifest: inout ManifestBuilder) async throws {
        var cutter = PageCutter()
        var isWhole = true
        for record in part.records where !cutter.add(record[...]) {
            manifest.note("The record of a person who was asked for is too large.")
            isWhole = false
        }
        try await sender.send(cutter.finish().map { .users($0, nil) })
        manifest.add(people: part.asked.filter(\.isSent).map(\.key))
        try await sender.tell(manifest.standing)
        if isWhole { try await checkpoints.save(Checkpoint(people: part.asked), under: lease) }
    }
}
