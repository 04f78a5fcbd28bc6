import ArgumentParser
import Foundation
import MessageSchemas

@testable import Control

/// A folder that has of a repository what releasing contracts needs: those of the code, and the samples.
struct ContractGround {
    let repository = URL.temporaryDirectory.appending(path: "contracts-\(UUID())", directoryHint: .isDirectory)

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        let samples = "Tests/MessagesTests/Samples"
        let place = repository.appending(path: samples)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(at: root.appending(path: samples), to: place)
        _ = try WriteContracts.parse(["--repository", repository.path]).outcome()
    }

    func remove() { try? FileManager.default.removeItem(at: repository) }

    /// What the verb says.
    @discardableResult
    func release(_ version: String) throws -> String {
        try ReleaseContracts.parse([version, "--repository", repository.path]).outcome()
    }

    /// What the gate finds: of which releases, and the files with the reasons.
    func check(
        against name: String? = nil,
        present folder: String? = nil
    ) throws -> (releases: [String], found: [String]) {
        let (releases, found) = try gate(against: name, present: folder).judge()
        return (releases, found.map { "\($0.release) \($0.file): \($0.reason)" })
    }

    /// The verb as it is typed.
    func gate(against name: String? = nil, present folder: String? = nil) throws -> CheckContracts {
        let against = name.map { ["--against", $0] } ?? []
        let present = folder.map { ["--present", $0] } ?? []
        return try CheckContracts.parse(["--repository", repository.path] + against + present)
    }

    /// Where a file of the repository is.
    func file(_ path: String) -> URL { repository.appending(path: path) }

    func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: file(path)) }

    func copy(_ path: String, to other: String) throws {
        try FileManager.default.copyItem(at: file(path), to: file(other))
    }

    /// Whether there is a file or folder.
    func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: file(path).path) }

    /// All files of a folder with their contents, by their paths in it.
    func contents(of path: String) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: file(path).path) {
            if let data = try? Data(contentsOf: file("\(path)/\(name)")) { found[name] = data }
        }
        return found
    }

    /// Commits all that is there.
    func commit() throws {
        let author = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
        for arguments in [
            ["init", "--quiet"], ["add", "--all"], author + ["commit", "--quiet", "--message", "All."],
        ] {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["git", "-C", repository.path] + arguments
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw UnreadableContracts("git \(arguments) fails") }
        }
    }
}
