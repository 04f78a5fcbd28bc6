import Foundation
import SuiteTesting

/// The plain program beside which the suite is measured: it reads the same WeCom and writes into the same PostgreSQL,
/// without topics, history or anything that could be killed in the middle.
struct Peer {
    /// The line that it prints.
    struct Report: Decodable {
        let users: Int
        let total_s: Double
        let written_rows: Int
        let copy_limit_s: Double?
    }

    /// A path to the program, in Python.
    let program: String

    private var interpreter: String { ProcessInfo.processInfo.environment["BENCH_PYTHON"] ?? "python3" }

    /// Synchronises for the first time, and measures PostgreSQL's limit by its own rows.
    func first(_ connected: ConnectedTenant, in suite: Suite) async throws -> Report {
        try await run(connected, in: suite, ["--reset", "--copy-limit"])
    }

    /// Synchronises again.
    func again(_ connected: ConnectedTenant, in suite: Suite) async throws -> Report {
        try await run(connected, in: suite, [])
    }

    private func run(_ connected: ConnectedTenant, in suite: Suite, _ options: [String]) async throws -> Report {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                interpreter, program, "--wecom-url", suite.simulator.client.base, "--corpid", connected.corp.corpID,
                "--secret", connected.corp.secret, "--dsn", suite.databaseURL,
            ] + options
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try await Self.run(process)
        guard process.terminationStatus == 0 else {
            throw BenchmarkFailure("the plain program ended with status \(process.terminationStatus)")
        }
        // One line, which the pipe holds until the program is over.
        let line = try output.fileHandleForReading.readToEnd() ?? Data()
        return try JSONDecoder().decode(Report.self, from: line)
    }

    /// Starts the process, and returns when it is over.
    private static func run(_ process: Process) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
                ProcessRegister.note(process.processIdentifier)
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        ProcessRegister.forget(process.processIdentifier)
    }
}
