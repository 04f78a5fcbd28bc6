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

extension DirectoryObject {
    /// The same by the key of its row.
    func key(by userIDCase: UserIDCase) -> DirectoryObject {
        kind == .user ? DirectoryObject(.user, userIDCase.key(of: externalID).text) : self
    }
}
