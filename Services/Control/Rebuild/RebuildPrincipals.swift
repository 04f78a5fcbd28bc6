import ArgumentParser
import FoundationEssentials
import Messages
import NIOHTTP1
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

    @Option(help: "Only this identity provider; else all.") var idp: String?
    @Flag(name: .customLong("switch"), help: "Put what was rebuilt in the place of what is in use.") var switches =
        false
    @Flag(help: "Begin nothing: watch the one under way, or show the last one.") var watch = false
    @Flag(help: "End the one that is under way.") var takeBack = false
    @Flag(help: "As JSON, for programs.") var json = false
    @Option(help: "Wait for at most so many seconds until it is done; 0: do not wait.") var wait = 600

    func validate() throws {
        if let idp, IdentityProviderID(idp) == nil {
            throw ValidationError("--idp is an identity provider's id, a UUID.")
        }
        if watch && takeBack { throw ValidationError("Give --watch or --take-back.") }
        if watch || takeBack, idp != nil || switches {
            throw ValidationError("--idp and --switch are about a rebuild that is to begin.")
        }
    }

    func run() async throws {
        let last = try await answer(.process)
        let report = try RebuildReport(last)
        if json {
            print(try last.text)
        } else {
            for line in report.lines { print(line) }
        }
        guard report.isGood || takeBack || wait == 0 && report.doneAt == nil else { throw ExitCode.failure }
    }

    /// Does it, and returns what the verifier answered last.
    func answer(_ environment: Environment) async throws -> JSON {
        let verifier = try AdminAPI("verifier", "VERIFIER", environment, url: nil, key: nil)
        let path = "/api/v1/principals/rebuild"
        if takeBack {
            guard let json = try await verifier.send(.DELETE, path).json else {
                throw AdminAPIError("the verifier did not say how the rebuild stands")
            }
            return json
        }
        var answer = if watch { try await verifier.get(path) } else { try await verifier.post(path, wish) }
        let end = ContinuousClock.now + .seconds(wait)
        while try RebuildReport(answer).doneAt == nil, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(500))
            answer = try await verifier.get(path)
        }
        return answer
    }

    /// The body of the request.
    private var wish: JSON {
        var members: [String: JSON] = [:]
        if let idp { members["idp"] = .string(idp.lowercased()) }
        if switches { members["switch"] = .boolean(true) }
        return .object(members)
    }
}
