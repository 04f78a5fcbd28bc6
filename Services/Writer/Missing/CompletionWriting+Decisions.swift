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
        // What runs after that one missed, nobody has seen when they decided.
        return objects.filter { object in
            object.since.epoch <= selection.upTo
                && choice?.contains(DirectoryObject(object.kind, object.key)) ?? true
        }
    }

    /// Asks once more for all that was approved.
    func approved(on connection: isolated Connection) throws -> MissingJudgement {
        MissingJudgement(approved: try chosen(on: connection))
    }

    func reject(on connection: isolated Connection) throws -> Result {
        let kept = try chosen(on: connection).map { $0.kept(.rejected, in: completion.surroundings) }
        try MissingRows.save(kept, of: identityProvider, in: epoch, on: connection)
        var result = Result(counts: source.counts)
        for object in kept { result.counts[object.kind].held += 1 }
        return over(result, partial: !completion.reasons.isEmpty)
    }
}

extension DirectoryObject {
    /// The same by the key of its row.
    fileprivate func key(by userIDCase: UserIDCase) -> DirectoryObject {
        kind == .user ? DirectoryObject(.user, userIDCase.key(of: externalID).text) : self
    }
}
