import Foundation
import Glibc
import SuiteTesting
import Synchronization

/// The servers under the suite, as far as they are there for this alone.
struct Servers: Sendable {
    let database: Server?
    let broker: Server?
    let disk: Disk?

    private static let known = Mutex<Servers?>(nil)

    /// Those that `compose/local chaos` tells of, or that were started in their place since.
    static func found(for suite: Suite) -> Servers {
        known.withLock { known in
            let servers = known ?? Servers(of: suite)
            known = servers
            return servers
        }
    }

    private init(of suite: Suite) {
        let logs = suite.simulatorProcess.logFile.deletingLastPathComponent()
        let port = URLComponents(string: suite.databaseURL)?.port ?? 5_432
        // SIGINT has PostgreSQL end its sessions and shut down in order, SIGQUIT leaves its recovery for the next start.
        database = Self.id("CHAOS_POSTGRES_PID").flatMap {
            Server(
                "PostgreSQL",
                id: $0,
                port: port,
                signal: SIGINT,
                abruptSignal: SIGQUIT,
                log: logs.appendingPathComponent("postgres.log")
            )
        }
        disk = ProcessInfo.processInfo.environment["CHAOS_DISK"].flatMap { folder in
            folder.isEmpty ? nil : Disk(folder: URL(fileURLWithPath: folder, isDirectory: true))
        }
        let brokerPort = suite.brokers.split(separator: ":").last.flatMap { Int($0) } ?? 9_092
        broker = Self.id("CHAOS_BROKER_PID").flatMap {
            Server(
                "the broker",
                id: $0,
                port: brokerPort,
                signal: SIGTERM,
                log: logs.appendingPathComponent("broker.log")
            )
        }
    }

    /// Both run and have room, whatever befell them.
    func start() async throws {
        disk?.free()
        try await database?.start()
        try await broker?.start()
    }

    private static func id(_ variable: String) -> Int32? {
        ProcessInfo.processInfo.environment[variable].flatMap { Int32($0) }
    }
}
