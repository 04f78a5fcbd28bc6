import Messages
import Postgres

/// What runs do that somebody decided about what is held (architecture.md §3.6).
extension CompletionWriting {
    private func chosen(on connection: isolated Connection) throws -> [MissingObject] {
        guard let selection = run.selection else { return [] }
        let objects = try MissingRows.load(
            of: identityProvider,
            where: "state = 'held'",
            on: connection
        )
        let choice = selection.objects.map { objects in Set(objects.map { $0.key(by: run.terms.userIDCase) }) }
        let decidesReuse = run.kind == .reject || selection.reused != nil
        // What was held by runs after that one, nobody has seen when they decided.
        return objects.filter { object in
            object.heldSince.map { $0.epoch <= selection.upTo } ?? false
                && choice?.contains(DirectoryObject(object.kind, object.key)) ?? true
                && (decidesReuse || !object.isReused)
        }
    }

    /// Asks once more for all that was approved.
    func approved(
        counting counts: inout RunCounts,
        on connection: isolated Connection
    ) throws -> MissingJudgement {
        let approved = try chosen(on: connection)
        for object in approved { counts[object.kind].miss(1) }
        return MissingJudgement(approved: approved)
    }

    func reject(on connection: isolated Connection) throws -> Result {
        let surroundings = try noteSurroundings(on: connection) ?? completion.surroundings
        let kept = try chosen(on: connection).map { $0.kept(.rejected, in: surroundings) }
        try MissingRows.save(kept, of: identityProvider, in: epoch, on: connection)
        var result = Result(counts: source.counts)
        for object in kept {
            result.counts[object.kind].miss(1)
            result.counts[object.kind].held += 1
        }
        return over(result)
    }
}

extension CompletionWriting {
    /// Whom a run removed are there again, with their ids and all that was known of them, and stay as if somebody had
    /// rejected their removal.
    func undo(announcing announcement: inout Announcement, on connection: isolated Connection) throws -> Result {
        var result = Result(counts: source.counts)
        guard let selection = run.selection else { return over(result) }
        let surroundings = try noteSurroundings(on: connection) ?? completion.surroundings
        let restoring = Restoring(identityProvider: identityProvider, epoch: selection.upTo, run: run)
        let people = try restoring.people(selection.objects, on: connection)
        let departments = try restoring.departments(selection.objects, on: connection)
        announcement.add(departments)
        announcement.add(people.map(\.change))
        try Losses.forget(.user, people.map(\.key), of: identityProvider, on: connection)
        try Losses.forget(.department, departments.map { String($0.externalID) }, of: identityProvider, on: connection)
        let objects =
            people.map { (DirectoryObject.user($0.key), $0.change.externalID) }
            + departments.map { (DirectoryObject.department($0.externalID), String($0.externalID)) }
        let kept = objects.map { object, externalID in
            MissingObject(kind: object.kind, key: object.externalID, externalID: externalID, since: moment)
                .kept(.rejected, in: surroundings)
        }
        try MissingRows.save(kept, of: identityProvider, in: epoch, on: connection)
        for object in kept {
            result.counts[object.kind].seen += 1
            result.counts[object.kind].updated += 1
        }
        return over(result)
    }
}

extension DirectoryObject {
    /// The same by the key of its row.
    func key(by userIDCase: UserIDCase) -> DirectoryObject {
        kind == .user ? DirectoryObject(.user, userIDCase.key(of: externalID).text) : self
    }
}
