public import Foundation
import Glibc
import Synchronization

/// A program of the suite as a real process, which can be killed and started again.
public final class ServiceProcess: Sendable {
    /// The program's name.
    public let name: String
    /// Where its HTTP interface is, if it has one.
    public let address: String?
    private let program: URL
    private let arguments: [String]
    private let environment: [String: String]
    private let log: URL
    private let health: TestClient?
    private let process = Mutex<Process?>(nil)

    init(
        name: String,
        programs: URL,
        arguments: [String] = [],
        environment: [String: String],
        log: URL,
        httpPort: Int? = nil,
        healthPort: Int? = nil
    ) {
        self.name = name
        address = httpPort.map { "http://127.0.0.1:\($0)" }
        program = programs.appendingPathComponent(name)
        self.arguments = arguments
        self.environment = environment
        self.log = log
        health = healthPort.map { TestClient("http://127.0.0.1:\($0)") }
    }

    /// The id of the process while it runs.
    public var id: Int32? { process.withLock { $0.flatMap { $0.isRunning ? $0.processIdentifier : nil } } }

    /// Starts the program, with its output at the end of its log.
    ///
    /// - Parameters:
    ///   - variables: Set for this time, beside the usual ones.
    ///   - programs: Where another release's program of that name is, for this time.
    public func start(adding variables: [String: String] = [:], from programs: URL? = nil) throws {
        if !FileManager.default.fileExists(atPath: log.path) {
            _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        let new = Process()
        new.executableURL = programs?.appendingPathComponent(name) ?? program
        new.arguments = arguments
        new.environment = environment.merging(variables) { $1 }
        new.standardOutput = output
        new.standardError = output
        new.standardInput = FileHandle.nullDevice
        try new.run()
        ProcessRegister.note(new.processIdentifier)
        process.withLock { $0 = new }
    }

    /// `kill -9`, and waits until it is gone.
    public func kill() { end(with: SIGKILL) }

    /// SIGTERM, and waits until it is gone.
    public func stop() { end(with: SIGTERM) }

    /// Lets the process stand still, until ``letGo()``.
    public func hold() { signal(SIGSTOP) }

    /// Lets the process go on.
    public func letGo() { signal(SIGCONT) }

    private func signal(_ signal: Int32) {
        guard let id else { return }
        Glibc.kill(id, signal)
    }

    private func end(with signal: Int32) {
        let running = process.withLock { current in
            defer { current = nil }
            return current
        }
        guard let running, running.isRunning else { return }
        Glibc.kill(running.processIdentifier, signal)
        Self.waitForEnd(of: running.processIdentifier)
        ProcessRegister.forget(running.processIdentifier)
    }

    /// Waits until the kernel says that a process has ended. Foundation waits for a pipe to close that other processes,
    /// started at the same moment, may have inherited, and so for ever.
    private static func waitForEnd(of process: Int32) {
        while let state = state(of: process), state != "Z" { usleep(2_000) }
    }

    /// The letter behind the program's name in `/proc/PID/stat`; `nil` for a process that is not there.
    private static func state(of process: Int32) -> Character? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        return text[end...].dropFirst(2).first
    }

    /// Where its log is.
    public var logFile: URL { log }

    /// The log so far, for a failed test's message.
    public var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }
}

extension ServiceProcess {
    /// What `/readyz` answers.
    ///
    /// - Throws: When nobody answers.
    public func readiness() async throws -> TestClient.Answer {
        guard let health else { throw SuiteFailure(what: "\(name) says nothing of its readiness", log: "") }
        return try await health.send("GET", "/readyz")
    }

    /// Waits until the service says that it is ready.
    public func waitUntilReady() async throws {
        do {
            _ = try await waitFor("\(name) to be ready") {
                try await readiness().status == 200 ? true : nil
            }
        } catch {
            let told = try? await readiness().text
            throw SuiteFailure(what: "\(error); /readyz: \(told ?? "-")", log: String(output.suffix(3_000)))
        }
    }

    /// SIGTERM, and waits for its end without keeping anybody else.
    ///
    /// - Returns: How long it took; `nil` when it was not over within `limit`, and was killed.
    public func stop(within limit: Duration) async throws -> Duration? {
        let start = ContinuousClock.now
        signal(SIGTERM)
        while id != nil {
            guard ContinuousClock.now - start < limit else {
                kill()
                return nil
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        kill()
        return ContinuousClock.now - start
    }
}

/// The ids of running processes, as files, so that whoever started the tests can end them if the tests crash.
public enum ProcessRegister {
    private static let directory = ProcessInfo.processInfo.environment["BRIDGE_PROCESSES"].map {
        URL(fileURLWithPath: $0, isDirectory: true)
    }

    /// Notes a process that was started.
    public static func note(_ id: Int32) {
        guard let directory else { return }
        _ = FileManager.default.createFile(atPath: directory.appendingPathComponent("\(id)").path, contents: nil)
    }

    /// Forgets a process that is gone.
    public static func forget(_ id: Int32) {
        guard let directory else { return }
        try? FileManager.default.removeItem(at: directory.appendingPathComponent("\(id)"))
    }
}
