import ArgumentParser
import Foundation
import MessageSchemas

/// `bridgectl contracts release VERSION`
struct ReleaseContracts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Cuts a release: from then on nothing may change that its readers and writers could not live with.",
        discussion: """
            Copies the contracts and a sample of every message to docs/contracts/releases/VERSION, to be committed. Refuses \
            a version that is there or is earlier than one that is, contracts that are not written as the code has them, \
            messages without a sample, and what an earlier release could not live with.
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
        try refuseVersion()
        try refuseUnwritten()
        let samples = try ContractFolder.samples(in: repository.url)
        try refuseIncompatible()
        var files = Contracts.files.mapValues { Data($0.utf8) }
        for (name, sample) in samples { files["samples/\(name)"] = sample }
        let folder = try write(files)
        return "\(version) is cut: commit \(folder.path)"
    }

    private func refuseVersion() throws {
        guard let last = ContractFolder.releases(in: repository.url).last.flatMap({ ReleaseVersion($0.version) }),
            let new = ReleaseVersion(version), new <= last
        else { return }
        throw RefusedRelease("\(last) is released, and stays as it is: the next version is later than that.")
    }

    /// What is released is what was looked at: the committed contracts, which are those of this program.
    private func refuseUnwritten() throws {
        guard let name = ContractFolder.unwritten(in: repository.url).first else { return }
        throw RefusedRelease(
            """
            \(ContractFolder.path)/\(name) is not as the code has it: build bridgectl of this tree, run bridgectl \
            contracts write, and look at what it changed.
            """
        )
    }

    private func refuseIncompatible() throws {
        let (_, found) = try CheckContracts.parse(["--repository", repository.repository]).judge()
        guard found.isEmpty else {
            throw RefusedRelease((found.map(\.description) + ["Nothing is released."]).joined(separator: "\n"))
        }
    }

    /// A release is there as a whole or not at all: its folder gets its name when everything is in it.
    private func write(_ files: [String: Data]) throws -> URL {
        let manager = FileManager.default
        let releases = repository.url.appending(path: ContractFolder.releases)
        let folder = releases.appending(path: version)
        let unfinished = releases.appending(path: ".unfinished")
        try? manager.removeItem(at: unfinished)
        try manager.createDirectory(at: unfinished.appending(path: "samples"), withIntermediateDirectories: true)
        for (name, data) in files { try data.write(to: unfinished.appending(path: name)) }
        try manager.moveItem(at: unfinished, to: folder)
        return folder
    }
}

/// Why a release is not cut.
struct RefusedRelease: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
