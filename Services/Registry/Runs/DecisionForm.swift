import Messages
import Runtime

/// What a decision about what a run holds may say.
enum DecisionForm {
    /// The body: which objects; nil for all of them.
    static var rule: Rule<[DirectoryObject]?> {
        Rule<[DirectoryObject]?> { json throws(Mistakes) in
            var form = try Form(json)
            let objects = form.optional("objects", Self.objects)
            try form.finish()
            return objects
        }
    }

    private static let objects = ObjectRules.object.list(upTo: HeldSelection.mostObjects)
        .then { objects throws(Mistakes) in
            guard !objects.isEmpty else {
                throw Mistakes("Give at least one object, or leave the field out to decide about all of them.")
            }
            return objects.withoutRepetitions
        }
}
