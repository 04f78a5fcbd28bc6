import ArgumentParser
import Foundation

/// Rounds in files, as a failure tells them.
enum KeptRounds {
    /// Those that once failed, and must not any more, in the order of their files' names.
    static var all: [Round] {
        get throws {
            guard let root = ProcessInfo.processInfo.environment["CONTRACTS_ROOT"] else { return [] }
            let folder = URL(fileURLWithPath: root, isDirectory: true).appendingPathComponent("Tests/Chaos/Kept")
            let files =
                (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
            let rounds = try files.filter { $0.pathExtension == "json" }
                .sorted { $0.lastPathComponent < $1.lastPathComponent }.flatMap(read)
            guard !rounds.isEmpty else { throw ValidationError("no round is kept yet in Tests/Chaos/Kept") }
            return rounds
        }
    }

    /// The rounds of one file.
    static func read(_ file: URL) throws -> [Round] {
        let rounds = try JSONDecoder().decode([Round].self, from: Data(contentsOf: file))
        guard !rounds.isEmpty else { throw ValidationError("there is no round in \(file.path)") }
        return rounds
    }
}
