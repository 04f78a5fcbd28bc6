import Foundation
import SuiteTesting

/// Judges what was said by the committed documents with readers that are not ours: `contracts.py`.
struct ForeignReader: Sendable {
    /// It came to no judgement.
    struct Silent: Error, CustomStringConvertible {
        let description: String
    }

    private static let patience = Duration.seconds(300)

    let python: String
    let root: String
    /// For what it reads and writes.
    let folder: URL

    /// As `compose/local chaos` provides it; `nil` where it does not.
    init?(_ environment: [String: String], folder: URL) {
        guard let python = environment["CHAOS_PYTHON"], let root = environment["CHAOS_ROOT"] else { return nil }
        (self.python, self.root, self.folder) = (python, root, folder)
    }

    /// - Returns: What is wrong, with the name of what it is wrong with.
    func judge(_ subjects: [Subject]) async throws -> [(name: String, breach: String)] {
        guard !subjects.isEmpty else { return [] }
        let (input, output) = (folder.appendingPathComponent("said"), folder.appendingPathComponent("judged"))
        let encoder = JSONEncoder()
        var lines = Data()
        for subject in subjects { lines += try encoder.encode(subject) + [UInt8(ascii: "\n")] }
        try lines.write(to: input)
        try Data().write(to: output)
        try await read(input, output)
        let answers = try Data(contentsOf: output).split(separator: UInt8(ascii: "\n"))
        guard answers.count == subjects.count else {
            throw Silent(description: "the foreign reader judged \(answers.count) of \(subjects.count)")
        }
        struct Judgement: Decodable { let breach: String? }
        return try zip(subjects, answers).compactMap { subject, answer in
            try JSONDecoder().decode(Judgement.self, from: answer).breach.map { (subject.name, $0) }
        }
    }

    private func read(_ input: URL, _ output: URL) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["\(root)/Tests/Chaos/contracts.py", root]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.standardError
        try process.run()
        ProcessRegister.note(process.processIdentifier)
        let deadline = ContinuousClock.now + Self.patience
        while process.isRunning, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(50)) }
        if process.isRunning { process.terminate() }
        ProcessRegister.forget(process.processIdentifier)
    }
}
