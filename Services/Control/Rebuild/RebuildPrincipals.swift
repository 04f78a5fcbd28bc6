import ArgumentParser
import Runtime

/// `bridgectl rebuild principals`
struct RebuildPrincipals: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "principals",
        abstract: "Has the verifier read directory.changes.v1 once more beside the people in use, and compares both.",
        discussion: """
            Without --switch nothing changes for anybody: what differs is counted by person and field. With it the verifier \
            puts what it has read in the place of what is in use, in one transaction for each identity provider; sessions \
            of people who may no longer log on end. There is no way back but a backup. An identity provider that the topic \
            no longer has whole is refused, with what to do. Logons go on meanwhile. Broken off, the command leaves the \
            verifier at it; the same command then says that it is under way, --watch watches it, and --take-back ends it \
            and leaves nothing of it.

            The verifier is named by VERIFIER_URL, and VERIFIER_API_KEY is its OPERATOR_API_KEY.

            Examples:
              bridgectl rebuild principals
              bridgectl rebuild principals --idp 0198c0de-0000-7000-8000-000000000001 --switch
              bridgectl rebuild principals --watch --json

            Ends with 0 where all are equal or switched, and with 1 where anything differs, was refused, came to nothing or \
            is not done in time.
            """
    )

    @OptionGroup var rebuild: RebuildOptions

    func run() async throws { try rebuild.show(try await answer(.process)) }

    /// Does it, and returns what the verifier answered last.
    func answer(_ environment: Environment) async throws -> JSON {
        let verifier = try AdminAPI("verifier", "VERIFIER", environment, url: nil, key: nil)
        return try await rebuild.answer(verifier, "/api/v1/principals/rebuild")
    }
}
