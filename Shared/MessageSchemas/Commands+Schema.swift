import Messages

extension RunSync.Kind: Described {}
extension RunSync.Cause: Described {}
extension ReuseDecision: Described {}

extension CancelRun: Described {
    static let jsonSchema = JSONSchema.object(
        of: CancelRun.self,
        """
        Asks that a run be ended where it stands. Written by the registry, read by the fetcher. Topic \
        sync.commands.v1.
        """,
        [
            .field("run", \.run, "Which run."),
            .field("epoch", \.epoch, "Which run of the identity provider."),
        ]
    )
}

extension RunSync: Described {
    static let jsonSchema = JSONSchema.object(
        of: RunSync.self,
        "Asks for a run. Written by the registry, read by the fetcher. Topic sync.commands.v1.",
        [
            .field("run", \.run, "Which run."),
            .field("epoch", \.epoch, "Which run of the identity provider."),
            .field("kind", \.kind, "What is synchronised."),
            .field("target", \.target, "Which objects are read, by a run of kind objects."),
            .field("selection", \.selection, "What is decided about, by a run of kind apply, reject or undo."),
            .field("isDryRun", \.isDryRun, "Whether nothing may be written to the directory."),
            .field(
                "plan",
                \.plan,
                "The run whose plan is carried out: if this run would do anything else, it does nothing."
            ),
            .field("terms", \.terms, "What it means to the directory."),
            .field(
                "configurationRevision",
                \.configurationRevision,
                "The configuration whose credentials and rules, or newer ones, are needed."
            ),
            .field("cause", \.cause, "Why the run was started."),
            .field(
                "requestedAt",
                \.requestedAt,
                "When it was started; the directory's rows carry this time, so that a replay writes the same."
            ),
            .field(
                "basis",
                \.basis,
                """
                The last full run, if the directory holds exactly what that one read: pages that are as they \
                were then need not travel.
                """
            ),
        ]
    )
}

extension RunTarget: Described {
    static let jsonSchema = JSONSchema.object(
        of: RunTarget.self,
        "Which objects a run of kind objects reads.",
        [
            .field("users", \.users, "People, by the user ids as WeCom spells them."),
            .field("departments", \.departments, "Departments, each with the people in it."),
            .field("includesBelow", \.includesBelow, "Whether what is below the departments is read, too."),
            .field(
                "toldDeleted",
                \.toldDeleted,
                "Those of the people of whom an event of WeCom said that they are gone."
            ),
            .field(
                "toldRenamed",
                \.toldRenamed,
                "Of whom an event of WeCom said that they have another user id now."
            ),
        ]
    )
}

extension RunTarget.Renaming: Described {
    static let jsonSchema = JSONSchema.object(
        of: RunTarget.Renaming.self,
        "Another user id of the same person.",
        [
            .field("from", \.from, "What it was."),
            .field("to", \.to, "What it is now."),
        ]
    )
}

extension HeldSelection: Described {
    static let jsonSchema = JSONSchema.object(
        of: HeldSelection.self,
        """
        What of the held a run of kind apply or reject decides about, or what a run of kind undo takes back \
        (architecture.md §3.6).
        """,
        [
            .field(
                "upTo",
                \.upTo,
                "Only what was held by runs up to this one; what is undone is what this very run removed."
            ),
            .field("objects", \.objects, "Which ones; absent for all of them."),
            .field(
                "reused",
                \.reused,
                """
                Who they are whose user id another human may have by now; absent: nothing is decided about them.
                """
            ),
        ]
    )
}

extension AskFor: Described {
    static let jsonSchema = JSONSchema.object(
        of: AskFor.self,
        """
        Asks what WeCom says of objects that a run missed (architecture.md §3.5): one of several batches, each \
        answered by one wecombridge.findings-fetched. Written by the writer, read by the fetcher. Topic \
        sync.commands.v1.
        """,
        [
            .field("batch", \.batch, "The batch's number, from 1."),
            .field("batches", \.batches, "How many batches the run asks for."),
            .field("terms", \.terms, "What the run means to the directory."),
            .field("objects", \.objects, "Whom and what to ask for."),
            .field(
                "sampled",
                \.sampled,
                "Kinds of which the run asks only for some, who stand for the others: what is said of them removes nobody."
            ),
            .field(
                "witnesses",
                \.witnesses,
                "People and departments that the run's lists showed, asked for as a test."
            ),
            .field(
                "askedAt",
                \.askedAt,
                "When the run's reading was over; what is not asked ten minutes later is answered as unknown."
            ),
        ]
    )
}

extension RunTerms: Described {
    static let jsonSchema = JSONSchema.object(
        of: RunTerms.self,
        """
        All that decides what a run means to the directory, so that a replay a year later decides as the first time \
        did (architecture.md §3.2).
        """,
        [
            .field("generation", \.generation, "Which corp the people are of."),
            .field("userIDCase", \.userIDCase, "How user ids are compared."),
            .field("scope", \.scope, "What part of the visible structure is synchronised."),
            .field("safetyLimits", \.safetyLimits, "How much the run may remove, and how long the removed are kept."),
            .field("mapping", \.mapping, "By which rules people are mapped."),
            .field(
                "planHours",
                \.planHours,
                "For how many hours the plan can be carried out that a dry run makes; absent for a day."
            ),
            .field(
                "tellsDepartmentPaths",
                \.tellsDepartmentPaths,
                "Whether people's records tell where their departments stand, as rules ask for it; absent for no."
            ),
            .field(
                "tellsContactDetails",
                \.tellsContactDetails,
                "Whether people's telephone numbers and addresses are told on directory.changes.v1; absent for no."
            ),
            .field(
                "contactDetailsSince",
                \.contactDetailsSince,
                """
                The settings' revision since which they are told: with another one than the run before, everybody is \
                told anew. Absent where they are not, or were from the first.
                """
            ),
        ]
    )
}
