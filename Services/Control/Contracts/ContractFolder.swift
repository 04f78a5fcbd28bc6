import Foundation
import JSONCoding
import MessageSchemas
import Yams

/// Contracts as they are committed: a folder of schemas with `asyncapi.yaml`, here or at a commit of git.
enum ContractFolder {
    /// Where they lie in the repository.
    static let path = "docs/contracts"
    /// Where the released ones lie, a folder for each version.
    static let releases = "docs/contracts/releases"

    /// Where the samples of today's messages lie.
    private static let sampleFolder = "Tests/MessagesTests/Samples"
    private static let topics = "asyncapi.yaml"
    private static let schemaSuffix = ".schema.json"

    /// Those of the code.
    static func ofCode() throws -> ContractSet { try parse(Contracts.files, in: "the code") }

    /// Files of a repository's contracts that are not as the code has them, or of which the code knows nothing.
    static func unwritten(in repository: URL) -> [String] {
        let folder = repository.appending(path: path)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let files = Contracts.files
        return Set(names.filter(isContract)).union(files.keys).sorted().filter { name in
            (try? Data(contentsOf: folder.appending(path: name))) != files[name].map { Data($0.utf8) }
        }
    }

    /// Those in a folder.
    static func read(_ folder: URL) throws -> ContractSet {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            throw UnreadableContracts("There is no folder \(folder.path).")
        }
        var files: [String: String] = [:]
        for name in names where isContract(name) {
            files[name] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        }
        return try parse(files, in: folder.path)
    }

    /// Those of a commit, by whatever git knows it: a tag, a branch, a number.
    static func read(commit: String, in repository: URL) throws -> ContractSet {
        let listed = try git(["ls-tree", "--name-only", commit, "\(path)/"], in: repository)
        var files: [String: String] = [:]
        for line in listed.split(separator: "\n") {
            let name = String(line.split(separator: "/").last ?? "")
            guard isContract(name) else { continue }
            files[name] = try git(["show", "\(commit):\(path)/\(name)"], in: repository)
        }
        return try parse(files, in: commit)
    }

    /// The released versions in a repository, oldest first.
    static func releases(in repository: URL) -> [(version: String, folder: URL)] {
        let folder = repository.appending(path: releases)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.compactMap(ReleaseVersion.init).sorted()
            .map { ($0.description, folder.appending(path: $0.description)) }
    }

    /// A sample of every message, by file names, as tests hold the code to them.
    static func samples(in repository: URL) throws -> [String: Data] {
        let folder = repository.appending(path: sampleFolder)
        var found: [String: Data] = [:]
        for schema in Contracts.files.keys.filter({ $0.hasSuffix(schemaSuffix) }).sorted() {
            let name = "\(schema.dropLast(schemaSuffix.count)).json"
            guard let sample = try? Data(contentsOf: folder.appending(path: name)) else {
                throw RefusedRelease("There is no sample of a message: write \(sampleFolder)/\(name).")
            }
            found[name] = sample
        }
        return found
    }

    /// What of the releases of a commit is no longer here as it was: who went by it has nothing to go by.
    static func changedReleases(since commit: String, in repository: URL) throws -> [Incompatibility] {
        let arguments = ["diff", "--name-only", "--no-renames", "--relative", "--diff-filter=DMT"]
        return try git(arguments + [commit, "--", releases], in: repository).split(separator: "\n").map { file in
            Incompatibility(
                release: commit,
                file: String(file),
                path: "",
                victim: .both,
                reason: "what was released is changed or gone.",
                remedy: "put it back as it was; what is new belongs into the next release."
            )
        }
    }

    private static func isContract(_ name: String) -> Bool { name == topics || name.hasSuffix(schemaSuffix) }

    private static func parse(_ files: [String: String], in place: String) throws -> ContractSet {
        let schemas = files.filter { $0.key.hasSuffix(schemaSuffix) }
        guard !schemas.isEmpty else { throw UnreadableContracts("There are no contracts in \(place).") }
        do {
            return ContractSet(
                schemas: try schemas.mapValues { try JSONValue(parsing: Array($0.utf8)) },
                topics: try files[topics].flatMap { try Yams.compose(yaml: $0) }.map(JSONValue.init)
            )
        } catch {
            throw UnreadableContracts("The contracts in \(place) cannot be read: \(error)")
        }
    }

    private static func git(_ arguments: [String], in repository: URL) throws -> String {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git", "-C", repository.path] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw UnreadableContracts("git \(arguments.joined(separator: " ")) fails in \(repository.path).")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// Contracts that are not there or not of their form.
struct UnreadableContracts: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension JSONValue {
    /// The same as YAML has it.
    fileprivate init(_ node: Node) {
        switch node {
        case .mapping(let members):
            self = .object(
                members.reduce(into: [:]) { $0[$1.key.string ?? ""] = JSONValue($1.value) }
            )
        case .sequence(let elements): self = .array(elements.map(JSONValue.init))
        case .scalar(let scalar):
            // What stands in quotes is a text, whatever it looks like.
            let isPlain = scalar.style == .plain || scalar.style == .any
            if isPlain, let number = Int64(scalar.string) {
                self = .integer(number)
            } else if isPlain, let number = Double(scalar.string), number.isFinite {
                self = .number(number)
            } else if isPlain, let flag = Bool(scalar.string) {
                self = .boolean(flag)
            } else {
                self = .string(scalar.string)
            }
        case .alias: self = .null
        }
    }
}
