extension RunSync.Kind: Described {}
extension RunSync.Cause: Described {}

extension ApplyHeldRemovals: Described {
    static let jsonSchema = JSONSchema.object(
        of: ApplyHeldRemovals.self,
        """
        Approves the removals that a run holds back. Written by the registry, read by the writer. Topic \
        sync.commands.v1.
        """,
        [
            .field("run", \.run, "Which run."),
            .field("epoch", \.epoch, "Which run of the identity provider."),
        ]
    )
}

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

extension DiscardHeldRemovals: Described {
    static let jsonSchema = JSONSchema.object(
        of: DiscardHeldRemovals.self,
        """
        Rejects the removals that a run holds back. Written by the registry, read by the writer. Topic \
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
            .field(
                "configurationRevision",
                \.configurationRevision,
                "The configuration that the run was started with."
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
                The run before this one, if the directory holds exactly what that one read: pages that are as they \
                were then need not travel.
                """
            ),
        ]
    )
}
