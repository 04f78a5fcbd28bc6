public import Foundation

/// Judges what was said by the committed documents with readers that are not ours: `contracts.py`.
public struct ForeignReader: Sendable {
    /// It came to no judgement.
    public struct Silent: Error, CustomStringConvertible {
        /// Why.
        public let description: String
    }

    private static let patience = Duration.seconds(300)

    private let python: String
    private let root: String
    private let folder: URL

    /// As `compose/local` provides it by `CONTRACTS_PYTHON` and `CONTRACTS_ROOT`; `nil` where it does not.
    ///
    /// - Parameter folder: For what it reads and writes.
    public init?(folder: URL) {
        let environment = ProcessInfo.processInfo.environment
        guard let python = environment["CONTRACTS_PYTHON"], let root = environment["CONTRACTS_ROOT"] else { return nil }
        (self.python, self.root, self.folder) = (python, root, folder)
    }

    /// - Returns: What is wrong, with the name of what it is wrong with.
    /// - Throws: ``Silent``.
    public func judge(_ subjects: [Subject]) async throws -> [(name: String, breach: String)] {
        guard !subjects.isEmpty else { return [] }
        let name = UUID().uuidString
        let (input, output) = (
            folder.appendingPathComponent("said-\(name)"), folder.appendingPathComponent("judged-\(name)")
        )
        let encoder = JSONEncoder()
        var lines = Data()
        for subject in subjects { lines += try encoder.encode(subject) + [UInt8(ascii: "\n")] }
        try lines.write(to: input)
        try Data().write(to: output)
        defer { for file in [input, output] { try? FileManager.default.removeItem(at: file) } }
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
        process.arguments = ["\(root)/Tests/Support/SuiteTesting/Contracts/contracts.py", root]
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
