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
              bridgectl contracts check --present ../edited/contracts
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
            something is refused. Where docs/contracts is not as the code has it, says so, and judges what is there as \
            well. With a commit, what it has of releases must be here as it was, too.
            """
    )

    @Option(
        help:
            "A folder of contracts or anything that git knows a commit by; else every release in docs/contracts/releases."
    )
    var against: [String] = []

    @Option(help: "A folder of contracts that is judged; else the code's, and docs/contracts where it is not as those.")
    var present: String?

    @Flag(help: "As JSON, for programs.") var json = false
    @OptionGroup var repository: RepositoryOptions

    func run() throws {
        let (releases, found) = try judge()
        print(try text(releases, found))
        guard found.isEmpty else { throw ExitCode(1) }
    }

    /// Compares.
    func judge() throws -> (releases: [String], found: [Incompatibility]) {
        let released = try releases()
        var found = try against.filter { !isFolder($0) }
            .flatMap { try ContractFolder.changedReleases(since: $0, in: repository.url) }
        for present in try judged() {
            let more = released.flatMap { present.incompatibilities(with: $0.contracts, called: $0.name) }
            // What the code and the files have both is told once.
            found += more.filter { !found.contains($0) }
        }
        return (released.map(\.name), found)
    }

    /// Files in docs/contracts that are not as the code has them, where it counts.
    func unwritten() -> [String] {
        let folder = repository.url.appending(path: ContractFolder.path)
        guard present == nil, isFolder(folder.path) else { return [] }
        return ContractFolder.unwritten(in: repository.url)
    }

    /// What takes the place of the releases: who edits a file means it, even if the code says another thing yet.
    private func judged() throws -> [ContractSet] {
        if let present { return [try ContractFolder.read(URL(filePath: present, directoryHint: .isDirectory))] }
        let code = try ContractFolder.ofCode()
        guard !unwritten().isEmpty else { return [code] }
        return [code, try ContractFolder.read(repository.url.appending(path: ContractFolder.path))]
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
            let members: [String: JSON] = [
                "releases": .array(releases.map { .string($0) }), "refused": .array(items),
                "unwritten": .array(unwritten().map { .string($0) }),
            ]
            return try JSON.object(members).text
        }
        return (found.map(\.description) + [outcome(releases, found)] + notes).joined(separator: "\n")
    }

    private func outcome(_ releases: [String], _ found: [Incompatibility]) -> String {
        guard found.isEmpty else { return "\(found.count) changes are refused" }
        guard !releases.isEmpty else { return "nothing is released yet: any change is allowed" }
        return "the contracts are compatible with \(releases.joined(separator: ", "))"
    }

    private var notes: [String] {
        let names = unwritten()
        guard !names.isEmpty else { return [] }
        return [
            """
            \(ContractFolder.path) is not as the code has it (\(names.joined(separator: ", "))), so that both were \
            judged: build bridgectl of this tree, run bridgectl contracts write, and look at what it changed.
            """
        ]
    }
}
