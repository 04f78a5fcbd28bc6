import ArgumentParser
import Runtime

/// `bridgectl rebuild directory`
struct RebuildDirectory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directory",
        abstract: "Has the writer read directory.records.v1 once more beside the directory in use, and compares both.",
        discussion: """
            Without --switch nothing changes for anybody: what differs is counted by person, department and field. With it \
            the writer makes rows that differ what the topic says, in one transaction for each identity provider, and tells \
            all of it anew. Ids, history, plans, what is held or missing, and who was removed for good stay as they are in \
            use. There is no way back but a backup. An identity provider that the topic no longer has whole is refused, with \
            what to do. Runs go on meanwhile; one that is under way is waited for. Broken off, the command leaves the writer \
            at it; the same command then says that it is under way, --watch watches it, and --take-back ends it and leaves \
            nothing of it.

            The writer is named by DIRECTORY_URL, and DIRECTORY_API_KEY is a key for all tenants.

            Examples:
              bridgectl rebuild directory
              bridgectl rebuild directory --idp 0198c0de-0000-7000-8000-000000000001 --switch
              bridgectl rebuild directory --watch --json

            Ends with 0 where all are equal or switched, and with 1 where anything differs, was refused, came to nothing or \
            is not done in time.
            """
    )

    @OptionGroup var rebuild: RebuildOptions

    func run() async throws { try rebuild.show(try await answer(.process)) }

    /// Does it, and returns what the writer answered last.
    func answer(_ environment: Environment) async throws -> JSON {
        let writer = try AdminAPI("directory", "DIRECTORY", environment, url: nil, key: nil)
        return try await rebuild.answer(writer, "/api/v1/rebuild")
    }
}
