import ArgumentParser
import FoundationEssentials
import NIOCore
import Runtime

/// `bridgectl runs follow ID`
struct FollowRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Prints how a run goes on, state by state, until it is over.",
        discussion: "Ends with 1 where the run failed or was cancelled."
    )

    /// Longer than the registry lets anybody listen.
    private static let longestStream = TimeAmount.minutes(15)
    /// Before it is asked again where a stream ended before the run.
    private static let pause = Duration.seconds(1)

    @Argument(help: "The run's id.") var id: String
    @OptionGroup var registry: RegistryOptions

    func run() async throws {
        guard try await follow(.process, { print($0) }) else { throw ExitCode.failure }
    }

    /// Shows each state once.
    ///
    /// - Returns: Whether the run came to something.
    func follow(_ environment: Environment, _ show: (String) -> Void) async throws -> Bool {
        let api = try registry.api(environment)
        var (last, isOver, state) = (String?.none, false, "")
        while true {
            var lines = EventLines()
            let headers = last.map { ["last-event-id": $0] } ?? [:]
            try await api.download("/api/v1/runs/\(id)/events", headers: headers, within: Self.longestStream) { part in
                for line in lines.take(part) {
                    if let seen = Self.value("id", line) { last = seen }
                    if Self.value("event", line) == "finished" { isOver = true }
                    guard let data = Self.value("data", line) else { continue }
                    state = data
                    show(data)
                }
            }
            if isOver { return try Self.cameToSomething(state) }
            try await Task.sleep(for: Self.pause)
        }
    }

    private static func value(_ field: String, _ line: String) -> String? {
        line.hasPrefix("\(field): ") ? String(line.dropFirst(field.count + 2)) : nil
    }

    private static func cameToSomething(_ run: String) throws -> Bool {
        guard case .object(let fields) = try JSON(parsing: Data(run.utf8)),
            case .string(let outcome)? = fields["outcome"]
        else { return false }
        return outcome != "failed" && outcome != "cancelled"
    }
}
