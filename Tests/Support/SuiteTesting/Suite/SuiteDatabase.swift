import Foundation
import Logging
import Postgres

/// A database for one suite, with the services' schemas and roles.
enum SuiteDatabase {
    /// - Returns: Its URL, as superuser.
    static func make(_ name: String, logger: Logger) async throws -> String {
        let server = Database(url: SuiteGround.database, connections: 1, logger: logger)
        try await server.run("create database \(identifier: name)")
        await server.close()
        let url = url(of: name)
        let database = Database(url: url, connections: 1, logger: logger)
        let script = try String(contentsOf: initialization, encoding: .utf8)
        try await database.withConnection { try $0.execute(script) }
        await database.close()
        return url
    }

    static func drop(_ name: String, logger: Logger) async throws {
        let server = Database(url: SuiteGround.database, connections: 1, logger: logger)
        try await server.run("drop database if exists \(identifier: name) with (force)")
        await server.close()
    }

    /// The very script that the compose file runs.
    private static var initialization: URL {
        URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("compose/postgres-init.sql")
    }

    private static func url(of name: String) -> String {
        guard var parts = URLComponents(string: SuiteGround.database) else { return SuiteGround.database }
        parts.path = "/" + name
        return parts.string ?? SuiteGround.database
    }
}
