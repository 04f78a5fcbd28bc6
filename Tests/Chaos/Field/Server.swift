import Foundation
import Glibc
import SuiteTesting
import Synchronization

/// PostgreSQL or the broker: a program that somebody started for this alone, and that can be stopped and started as it
/// was.
final class Server: Sendable {
    private static let patience = Duration.seconds(60)

    let name: String
    private let port: Int
    private let words: [String]
    private let user: UInt32
    private let directory: String
    private let environment: [String: String]
    private let signal: Int32
    private let abruptSignal: Int32?
    private let log: URL
    private let id: Mutex<Int32>
    private let own = Mutex<Process?>(nil)

    /// - Parameters:
    ///   - id: Of the process as it runs.
    ///   - port: Where it listens, on loopback.
    ///   - signal: Has it stop and forget nothing.
    ///   - abruptSignal: Has it stop at once, as if it had crashed.
    ///   - log: Where its output goes from its next start on.
    init?(_ name: String, id: Int32, port: Int, signal: Int32, abruptSignal: Int32? = nil, log: URL) {
        let folder = "/proc/\(id)"
        guard let words = Self.list("\(folder)/cmdline"), !words.isEmpty,
            let variables = Self.list("\(folder)/environ"),
            let directory = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/cwd"),
            let owner = (try? FileManager.default.attributesOfItem(atPath: folder))?[.ownerAccountID] as? NSNumber
        else { return nil }
        self.name = name
        self.port = port
        self.words = words
        self.directory = directory
        self.signal = signal
        self.abruptSignal = abruptSignal
        self.log = log
        user = owner.uint32Value
        environment = Dictionary(variables.map(Self.variable)) { $1 }
        self.id = Mutex(id)
    }

    /// Stops it, and waits until it is gone.
    ///
    /// - Parameter isAbrupt: Whether it has no time for its affairs, where it knows such a way.
    func stop(abruptly isAbrupt: Bool = false) async throws {
        let id = id.withLock { $0 }
        guard Self.isThere(id) else { return }
        Glibc.kill(id, SIGCONT)
        Glibc.kill(id, isAbrupt ? abruptSignal ?? signal : signal)
        _ = try await waitFor("the end of \(name)", within: Self.patience, every: .milliseconds(50)) {
            Self.isThere(id) ? nil : true
        }
        ProcessRegister.forget(id)
        own.withLock { $0 = nil }
    }

    /// Starts it as it was, unless it is up, and waits until it listens.
    func start() async throws {
        if !Self.isThere(id.withLock { $0 }) { try launch() }
        _ = try await waitFor("\(name) on port \(port)", within: Self.patience, every: .milliseconds(100)) {
            Self.listens(on: port) ? true : nil
        }
    }

    private func launch() throws {
        if !FileManager.default.fileExists(atPath: log.path) {
            _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        let process = Process()
        // A server that refuses to run as root runs as whom it did.
        let isOther = user != getuid()
        let command = isOther ? ["/usr/bin/setpriv", "--reuid=\(user)", "--clear-groups"] + words : words
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try Self.unblockingSignals { try process.run() }
        ProcessRegister.note(process.processIdentifier)
        id.withLock { $0 = process.processIdentifier }
        own.withLock { $0 = process }
    }

    /// Programs are born with the signals blocked that are blocked in the thread that starts them, as they are in those of
    /// the cooperative pool; not every server unblocks SIGTERM.
    private static func unblockingSignals(_ body: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    private static func isThere(_ id: Int32) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return false }
        return text[end...].dropFirst(2).first != "Z"
    }

    private static func listens(on port: Int) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(socket, $0, size) == 0 }
        }
    }

    /// Texts with a zero byte after each.
    private static func list(_ path: String) -> [String]? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func variable(_ text: String) -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
    }
}
