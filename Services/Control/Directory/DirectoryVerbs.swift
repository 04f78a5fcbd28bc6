import ArgumentParser
import Foundation
import NIOCore
import Runtime

/// Which directory is asked, and with which key.
struct DirectoryOptions: ParsableArguments {
    @Option(help: "Where the writer's API is; else DIRECTORY_URL.")
    var directoryURL: String?

    @Option(help: "A key; else DIRECTORY_API_KEY, which does not show in lists of processes.")
    var apiKey: String?

    func api(_ environment: Runtime.Environment) throws -> AdminAPI {
        try AdminAPI("directory", "DIRECTORY", environment, url: directoryURL, key: apiKey)
    }
}

/// `bridgectl directory person ID`
struct ShowPerson: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person",
        abstract: "One person, as they are or as they were at a time."
    )

    @Argument(help: "The person's id.") var id: String
    @Option(help: "The time, such as 2026-01-31T08:00:00Z; else now.") var at: String?
    @OptionGroup var directory: DirectoryOptions

    func run() async throws { print(try await outcome(.process)) }

    /// Asks, and says what came of it.
    func outcome(_ environment: Runtime.Environment) async throws -> String {
        try await directory.api(environment).get(PercentEncoding.url("/api/v1/users/\(id)", [("at", at)])).printed
    }
}

/// `bridgectl directory history`
struct ShowHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "What became of a person or a department, newest first: by which run and why, before and after."
    )

    @Option(help: "The person's id.") var person: String?
    @Option(help: "The department's number; its identity provider goes with it.") var department: Int64?
    @Option(help: "The department's identity provider.") var idp: String?
    @OptionGroup var directory: DirectoryOptions

    func validate() throws {
        guard (person == nil) != (department == nil), (department == nil) == (idp == nil) else {
            throw ValidationError("Give --person, or --department with --idp.")
        }
    }

    func run() async throws { print(try await outcome(.process)) }

    /// Asks, and says what came of it.
    func outcome(_ environment: Runtime.Environment) async throws -> String {
        let path =
            if let department, let idp { "/api/v1/idps/\(idp)/departments/\(department)/history" } else {
                "/api/v1/users/\(person ?? "")/history"
            }
        return try await directory.api(environment).all(path).printed
    }
}

/// `bridgectl directory plan RUN`
struct ShowPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "What a dry run would do: its figures, to which person and department, or what differs from a plan."
    )

    @Argument(help: "The run's id.") var id: String
    @Flag(help: "What would become of each person and department, before and after.") var objects = false
    @Flag(help: "Of a run that did not carry a plan out: what it would have done otherwise.") var differences = false
    @Option(help: "Of the objects only those to which this would be done, such as removed.") var change: String?
    @Option(help: "Only objects of this kind: user or department.") var kind: String?
    @OptionGroup var directory: DirectoryOptions

    func validate() throws {
        guard !(objects && differences) else { throw ValidationError("Give one of --objects and --differences.") }
        guard change == nil || objects else { throw ValidationError("--change goes with --objects.") }
        guard kind == nil || objects || differences else {
            throw ValidationError("--kind goes with --objects or --differences.")
        }
    }

    func run() async throws { print(try await outcome(.process)) }

    /// Asks, and says what came of it.
    func outcome(_ environment: Runtime.Environment) async throws -> String {
        let (api, path) = (try directory.api(environment), "/api/v1/runs/\(id)/plan")
        if objects { return try await api.all("\(path)/objects", [("change", change), ("kind", kind)]).printed }
        if differences { return try await api.all("\(path)/differences", [("kind", kind)]).printed }
        return try await api.get(path).printed
    }
}

/// `bridgectl directory objects RUN`
struct ExportObjects: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "objects",
        abstract: "Prints what a run did to which person and department, before and after.",
        discussion: "However much it is, it is printed as it comes."
    )

    @Argument(help: "The run's id.") var id: String
    @Option(help: "jsonl or csv.") var format = "jsonl"
    @Option(help: "Only those to which this was done, such as removed.") var change: String?
    @Option(help: "Only objects of this kind: user or department.") var kind: String?
    @OptionGroup var directory: DirectoryOptions

    func run() async throws {
        try await download(.process) { FileHandle.standardOutput.write($0) }
    }

    /// Hands on what comes.
    func download(_ environment: Runtime.Environment, _ take: (Data) throws -> Void) async throws {
        let path = PercentEncoding.url(
            "/api/v1/runs/\(id)/objects/export",
            [("format", format), ("change", change), ("kind", kind)]
        )
        try await directory.api(environment).download(path) { try take(Data($0.readableBytesView)) }
    }
}

extension JSON {
    /// As it is shown to people.
    /// The text that people read, keys in order.
    var printed: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
