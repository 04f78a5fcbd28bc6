import Messages
import Runtime

/// What a decision about what a run holds may say.
struct DecisionForm: Equatable, Sendable {
    /// Which objects; nil for all of them.
    var objects: [DirectoryObject]?
    /// Who they are whose user id another human may have by now; nil: nothing is decided about them.
    var reused: ReuseDecision?
    /// Whether it is only planned.
    var isDryRun = false

    /// The body of a decision of that kind.
    static func rule(_ decision: Decision) -> Rule<DecisionForm> {
        Rule<DecisionForm> { json throws(Mistakes) in
            var form = try Form(json)
            let objects = form.optional("objects", Self.objects)
            var reused: ReuseDecision?
            if decision == .approve {
                reused = form.optional("reused", Rule<ReuseDecision>.word)
            } else {
                form.forbidden("reused", "Leave it out: only an approval says who somebody is.")
            }
            let isDryRun = form.optional("dryRun", .boolean) ?? false
            try form.finish()
            return DecisionForm(objects: objects, reused: reused, isDryRun: isDryRun)
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
