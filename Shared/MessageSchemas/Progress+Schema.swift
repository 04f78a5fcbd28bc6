import Messages

extension RunOutcome: Described {}
extension RunEndCause: Described {}
extension StageProgress.Stage: Described {}

extension RunCounts.Objects: Described {
    static let jsonSchema = JSONSchema.object(
        of: RunCounts.Objects.self,
        "What became of one kind of object.",
        [
            .field("seen", \.seen, "Distinct objects that WeCom showed."),
            .field("created", \.created, "New in the directory."),
            .field("updated", \.updated, "Changed, or back after a removal."),
            .field("unchanged", \.unchanged, "The same as before."),
            .field("rejected", \.rejected, "Could not be taken, each with its reason."),
            .field("known", \.known, "In the directory, with access or disabled in WeCom, before the run."),
            .field("missing", \.missing, "Known before, and not shown by what the run read."),
            .field("present", \.present, "Missing, and shown by WeCom when asked for by themselves."),
            .field("removed", \.removed, "Missing, and gone; with a deletion, everybody."),
            .field("unknown", \.unknown, "Missing, and WeCom did not say, or was not asked."),
            .field("held", \.held, "Missing, and kept: somebody has to decide, or has decided, or a policy says so."),
        ]
    )
}

extension RunCounts: Described {
    static let jsonSchema = JSONSchema.object(
        of: RunCounts.self,
        """
        What a run did, for people and for departments each. Of those whom it looks at: known before = seen of them + \
        missing; missing = present + removed + unknown + held; seen = created + updated + unchanged + rejected.
        """,
        [
            .field("users", \.users, "People."),
            .field("departments", \.departments, "Departments."),
        ]
    )
}

extension FieldReport: Described {
    static let jsonSchema = JSONSchema.object(
        of: FieldReport.self,
        "How often a field could not be taken in a run, and of whom, without values.",
        [
            .field("objectKind", \.objectKind, "Of which kind the objects are."),
            .field("field", \.field, "WeCom's name of the field."),
            .field("kind", \.kind, "What was the matter."),
            .field("count", \.count, "How many objects."),
            .field("objects", \.objects, "The first of them."),
        ]
    )
}

extension RunFinished: Described {
    static let jsonSchema = JSONSchema.object(
        of: RunFinished.self,
        """
        A run is over, and this is what became of it. Every run is answered, also one that was passed over. Written \
        by the writer, and by the fetcher for runs that never reach it; read by the registry and the fetcher. Topic \
        sync.progress.v1.
        """,
        [
            .field("outcome", \.outcome, "How it ended."),
            .field("counts", \.counts, "What it did."),
            .field("reasons", \.reasons, "Why it did not succeed, a sentence each."),
            .field("fieldReports", \.fieldReports, "Fields that could not be taken."),
            .field("cause", \.cause, "Why it ended other than by doing its work, for programs that act on it."),
            .field("errorCode", \.errorCode, "WeCom's error code, if that was it."),
            .field("currentEpoch", \.currentEpoch, "The highest epoch of the identity provider that the teller knows."),
            .field("isBasis", \.isBasis, "Whether the directory holds exactly what the run read."),
            .field(
                "stillHeld",
                \.stillHeld,
                "How many people and departments somebody has to decide about now, whichever run held them."
            ),
            .field("finishedAt", \.finishedAt, "When it was over."),
        ]
    )
}

extension StageProgress: Described {
    static let jsonSchema = JSONSchema.object(
        of: StageProgress.self,
        """
        How far a stage has come with a run; also gives the fetcher its credit back. Written by the fetcher \
        and the writer, read by the registry and the fetcher. Topic sync.progress.v1.
        """,
        [
            .field("stage", \.stage, "Who tells."),
            .field("pages", \.pages, "Pages of the envelope's fence that are done."),
            .field("departmentsRead", \.departmentsRead, "Departments whose people are read (fetcher), or 0."),
            .field("departmentsExpected", \.departmentsExpected, "Departments of the range, as far as known."),
            .field("usersSeen", \.usersSeen, "Distinct people seen so far."),
        ]
    )
}
