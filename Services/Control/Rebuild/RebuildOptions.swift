import ArgumentParser
import FoundationEssentials
import Messages
import NIOHTTP1
import Runtime

/// What is rebuilt, and how that is watched; the same for whatever a service rebuilds.
struct RebuildOptions: ParsableArguments {
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

    /// Shows what the service answered last.
    ///
    /// - Throws: `ExitCode` 1 where it is not good.
    func show(_ last: JSON) throws {
        let report = try RebuildReport(last)
        if json {
            print(try last.text)
        } else {
            for line in report.lines { print(line) }
        }
        guard report.isGood || takeBack || wait == 0 && report.doneAt == nil else { throw ExitCode.failure }
    }

    /// Does it, and returns what the service answered last.
    ///
    /// - Parameter path: Of the rebuild.
    func answer(_ service: AdminAPI, _ path: String) async throws -> JSON {
        if takeBack {
            guard let json = try await service.send(.DELETE, path).json else {
                throw AdminAPIError("the \(service.service) did not say how the rebuild stands")
            }
            return json
        }
        var answer = if watch { try await service.get(path) } else { try await service.post(path, wish) }
        let end = ContinuousClock.now + .seconds(wait)
        while try RebuildReport(answer).doneAt == nil, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(500))
            answer = try await service.get(path)
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
