import Messages

extension RunSync.Kind: Described {}
extension RunSync.Cause: Described {}

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
            .field("isDryRun", \.isDryRun, "Whether nothing may be written to the directory."),
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
        ]
    )
}
