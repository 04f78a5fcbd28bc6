import Foundation
import Glibc
import KafkaTesting
import Synchronization

@testable import Registry

/// A registry as a real process, which can be killed, and may go by a clock of its own.
final class RegistryProcess: Sendable {
    private let url: String
    private let variables: [String: String]
    private let process = Mutex<Process?>(nil)

    /// The program, where the tests were built with it.
    static let program: URL? = {
        let folder = ProcessInfo.processInfo.environment["BRIDGE_PROGRAMS"].map {
            URL(fileURLWithPath: $0, isDirectory: true)
        }
        let found = ["idp-registry", "Registry"].compactMap { folder?.appendingPathComponent($0) }
        return found.first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }()

    /// - Parameters:
    ///   - url: Its database.
    ///   - hours: How far its clock is ahead.
    init(_ url: String, name: String, hoursAhead hours: Int = 0, _ variables: [String: String] = [:]) {
        self.url = url
        var variables = variables
        variables["INSTANCE_ID"] = name
        if hours != 0, let library = Self.fakeTime {
            variables["LD_PRELOAD"] = library
            variables["FAKETIME"] = "\(hours > 0 ? "+" : "")\(hours)h"
            variables["FAKETIME_DONT_FAKE_MONOTONIC"] = "1"
            variables["FAKETIME_DONT_RESET"] = "1"
        }
        self.variables = variables
    }

    /// What gives a process another clock; nil where it is not installed.
    static let fakeTime: String? = {
        let file = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
        return FileManager.default.fileExists(atPath: file) ? file : nil
    }()

    private static let inherited = ProcessInfo.processInfo.environment.filter {
        ["LD_LIBRARY_PATH", "KAFKA_DEVELOPMENT_BROKER"].contains($0.key)
    }

    func start() throws {
        guard let program = Self.program else { throw CocoaError(.fileNoSuchFile) }
        let new = Process()
        new.executableURL = program
        new.environment = [
            "PATH": "/usr/bin:/bin", "DATABASE_URL": url, "KAFKA_BOOTSTRAP_SERVERS": Broker.bootstrapServers ?? "",
            "TOPIC_PREFIX": Broker.uniqueName("killed") + ".", "HTTP_PORT": "0", "HEALTH_PORT": "0",
            "SEALING_KEYS": "k1:" + Data(repeating: 7, count: 32).base64EncodedString(), "LOG_LEVEL": "error",
            "TOPIC_REPLICATION": "1", "TOPIC_MIN_INSYNC_REPLICAS": "1", "DATABASE_CONNECTIONS": "4",
        ].merging(Self.inherited) { $1 }.merging(variables) { $1 }
        let output = try Self.log(of: variables["INSTANCE_ID"] ?? "registry")
        new.standardOutput = output
        new.standardError = output
        try new.run()
        process.withLock { $0 = new }
    }

    /// The end of its log, where logs are kept.
    private static func log(of name: String) throws -> FileHandle {
        guard let folder = ProcessInfo.processInfo.environment["BRIDGE_LOGS"] else { return .nullDevice }
        let file = URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent("killed-\(name).log")
        if !FileManager.default.fileExists(atPath: file.path) {
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        return handle
    }

    /// `kill -9`.
    func kill() {
        process.withLock { process in
            if let process, process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
            process = nil
        }
    }

    var isRunning: Bool { process.withLock { $0?.isRunning == true } }
}
