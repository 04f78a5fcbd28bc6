import ArgumentParser
import Foundation
import MessageSchemas
import Runtime

/// `bridgectl contracts …`
struct ContractCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contracts",
        abstract: "Writes the contracts of topics and messages, and refuses changes that others could not live with.",
        discussion: """
            For those who change services; needs the repository, and no broker.

            Examples:
              bridgectl contracts write
              bridgectl contracts check
              bridgectl contracts check --against v1.0 --against ../released/contracts
              bridgectl contracts release 1.0
            """,
        subcommands: [WriteContracts.self, CheckContracts.self, ReleaseContracts.self]
    )
}

/// Where the repository is.
struct RepositoryOptions: ParsableArguments {
    @Option(help: "The repository's folder.") var repository = "."

    var url: URL { URL(filePath: repository, directoryHint: .isDirectory) }
}

/// `bridgectl contracts write`
struct WriteContracts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write",
        abstract: "Writes the schema of every message and asyncapi.yaml, from the code, to docs/contracts."
    )

    @OptionGroup var repository: RepositoryOptions

    func run() throws { print(try outcome()) }

    /// Writes them, and says how many.
    func outcome() throws -> String {
        let folder = repository.url.appending(path: ContractFolder.path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let stale = try FileManager.default.contentsOfDirectory(atPath: folder.path())
            .filter { $0.hasSuffix(".schema.json") && Contracts.files[$0] == nil }
        for name in stale { try FileManager.default.removeItem(at: folder.appending(path: name)) }
        for (name, text) in Contracts.files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        return "\(Contracts.files.count) contracts are written to \(folder.path())"
    }
}

/// `bridgectl contracts check`
struct CheckContracts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Says what a reader or writer of a released version could not live with, and how to do it right.",
        discussion: """
            Compares the code's contracts with each release in both directions: what was written has to be read, as topics \
            are read again from any offset, and what is written now has to be read by what still runs. Ends with 1 where \
            something is refused.
            """
    )

    @Option(
        help:
            "A folder of contracts or anything that git knows a commit by; else every release in docs/contracts/releases."
    )
    var against: [String] = []

    @Flag(help: "As JSON, for programs.") var json = false
    @OptionGroup var repository: RepositoryOptions

    func run() throws {
        let (releases, found) = try judge()
        print(try text(releases, found))
        guard found.isEmpty else { throw ExitCode(1) }
    }

    /// Compares.
    func judge() throws -> (releases: [String], found: [Incompatibility]) {
        let present = try ContractFolder.ofCode()
        let released = try releases()
        return (
            released.map(\.name),
            released.flatMap { present.incompatibilities(with: $0.contracts, called: $0.name) }
        )
    }

    private func releases() throws -> [(name: String, contracts: ContractSet)] {
        guard !against.isEmpty else {
            return try ContractFolder.releases(in: repository.url).map {
                ($0.version, try ContractFolder.read($0.folder))
            }
        }
        return try against.map { name in
            let folder = URL(filePath: name, directoryHint: .isDirectory)
            let isFolder = (try? folder.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
            return (
                name,
                isFolder
                    ? try ContractFolder.read(folder) : try ContractFolder.read(commit: name, in: repository.url)
            )
        }
    }

    private func text(_ releases: [String], _ found: [Incompatibility]) throws -> String {
        if json {
            let items = found.map { one in
                JSON.object([
                    "release": .string(one.release), "file": .string(one.file), "path": .string(one.path),
                    "victim": .string(one.victim.rawValue), "reason": .string(one.reason),
                    "remedy": .string(one.remedy),
                ])
            }
            return try JSON.object(["releases": .array(releases.map { .string($0) }), "refused": .array(items)]).text
        }
        guard !releases.isEmpty else { return "nothing is released yet: any change is allowed" }
        guard found.isEmpty else {
            return (found.map(\.description) + ["\(found.count) changes are refused"]).joined(separator: "\n")
        }
        return "the contracts are compatible with \(releases.joined(separator: ", "))"
    }
}

/// `bridgectl contracts release VERSION`
struct ReleaseContracts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Cuts a release: from then on nothing may change that its readers and writers could not live with.",
        discussion: """
            Copies the contracts and a sample of every message to docs/contracts/releases/VERSION, to be committed. Refuses \
            a version that is there or is not the next, and contracts that an earlier release could not live with.
            """
    )

    @Argument(help: "Such as 1.0.") var version: String
    @OptionGroup var repository: RepositoryOptions

    func validate() throws {
        guard ReleaseVersion(version) != nil else { throw ValidationError("A version is two numbers, such as 1.0.") }
    }

    func run() throws { print(try outcome()) }

    /// Cuts it, and says what is there now.
    func outcome() throws -> String {
        let released = ContractFolder.releases(in: repository.url)
        if let last = released.last.flatMap({ ReleaseVersion($0.version) }), let new = ReleaseVersion(version),
            new <= last
        {
            throw ValidationError("\(last) is released: the next is later.")
        }
        let (_, found) = try CheckContracts.parse(["--repository", repository.repository]).judge()
        guard found.isEmpty else {
            throw UnreadableContracts((found.map(\.description) + ["Nothing is released."]).joined(separator: "\n"))
        }
        let folder = repository.url.appending(path: "\(ContractFolder.releases)/\(version)")
        let samples = repository.url.appending(path: "Tests/MessagesTests/Samples")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: samples, to: folder.appending(path: "samples"))
        for (name, text) in Contracts.files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        return "\(version) is cut: commit \(folder.path())"
    }
}
