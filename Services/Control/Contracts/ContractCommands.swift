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
              bridgectl contracts check --against origin/main --against ../other/docs/contracts
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
        let stale = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".schema.json") && Contracts.files[$0] == nil }
        for name in stale { try FileManager.default.removeItem(at: folder.appending(path: name)) }
        for (name, text) in Contracts.files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        return "\(Contracts.files.count) contracts are written to \(folder.path)"
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
            something is refused. With a commit, what it has of releases must be here as it was, too.
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
        let changed = try against.filter { !isFolder($0) }
            .flatMap { try ContractFolder.changedReleases(since: $0, in: repository.url) }
        return (
            released.map(\.name),
            changed + released.flatMap { present.incompatibilities(with: $0.contracts, called: $0.name) }
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
            return (
                name,
                isFolder(name)
                    ? try ContractFolder.read(folder) : try ContractFolder.read(commit: name, in: repository.url)
            )
        }
    }

    private func isFolder(_ name: String) -> Bool {
        let folder = URL(filePath: name, directoryHint: .isDirectory)
        return (try? folder.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
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
