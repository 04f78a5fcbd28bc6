import Foundation
public import Logging
public import Postgres

/// A database of a test's own, on the server that `DATABASE_URL` names.
public struct TestDatabase: Sendable {
    /// Where the database is.
    public let url: String
    /// A pool of four connections to it.
    public let database: Database
    private let name: String

    /// A logger that speaks of trouble only.
    public static let quietLogger: Logger = {
        var logger = Logger(label: "postgres")
        logger.logLevel = .error
        return logger
    }()

    /// Whether `DATABASE_URL` names a server; suites that need one are skipped without.
    public static var isAvailable: Bool { serverURL != nil }

    /// Why a suite was skipped.
    public static let absence = "DATABASE_URL names no PostgreSQL"

    private static var serverURL: String? { ProcessInfo.processInfo.environment["DATABASE_URL"] }

    /// Creates an empty database under a name that no other test has.
    public static func make(connections: Int = 4, logger: Logger = quietLogger) async throws -> TestDatabase {
        guard let serverURL, var components = URLComponents(string: serverURL) else { throw Absent() }
        let name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try await onServer { try $0.run("create database \(identifier: name) template template0 encoding 'UTF8'") }
        components.path = "/" + name
        guard let url = components.string else { throw Absent() }
        let database = Database(url: url, connections: connections, logger: logger)
        return TestDatabase(url: url, database: database, name: name)
    }

    /// Closes the pool and drops the database, whoever else is connected.
    public func drop() async {
        await database.close()
        let name = name
        try? await Self.onServer { try $0.run("drop database if exists \(identifier: name) with (force)") }
    }

    /// Ends every session of the database but the one that asks, as a restart of the server would.
    public func terminateSessions() async throws { try await Self.terminateSessions(of: name) }

    /// Keeps anyone from connecting, or lets them again, as an outage of the server would.
    public func setReachable(_ isReachable: Bool) async throws { try await Self.setReachable(isReachable, name) }

    /// The same for a database of that name.
    public static func setReachable(_ isReachable: Bool, _ name: String) async throws {
        let setting: SQL = isReachable ? "true" : "false"
        try await onServer { try $0.run("alter database \(identifier: name) allow_connections \(setting)") }
        if !isReachable { try await terminateSessions(of: name) }
    }

    private static func terminateSessions(of name: String) async throws {
        try await onServer {
            try $0.run("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = \(name)")
        }
    }

    private static func onServer(_ work: @Sendable (isolated Connection) throws -> [Row]) async throws {
        guard let serverURL else { throw Absent() }
        let connection = Connection(url: serverURL, logger: quietLogger)
        do {
            _ = try await connection.perform(work)
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }

    private struct Absent: Error, CustomStringConvertible {
        var description: String { TestDatabase.absence }
    }
}

/// Lends out a database of the test's own, and drops it at the end.
public func withTestDatabase<Value>(
    connections: Int = 4,
    _ body: (_ database: Database, _ url: String) async throws -> Value
) async throws -> Value {
    let test = try await TestDatabase.make(connections: connections)
    do {
        let value = try await body(test.database, test.url)
        await test.drop()
        return value
    } catch {
        await test.drop()
        throw error
    }
}
