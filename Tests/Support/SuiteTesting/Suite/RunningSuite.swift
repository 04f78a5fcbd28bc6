public import Foundation
import Kafka
public import Logging
import Messages
import Pipeline
import Postgres

/// Where suites find what they need, as `compose/local test` tells it.
public enum SuiteGround {
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether there are a broker, a database and the services' programs.
    public static var isAvailable: Bool {
        environment["KAFKA_BOOTSTRAP_SERVERS"] != nil && environment["DATABASE_URL"] != nil
            && environment["BRIDGE_PROGRAMS"] != nil
    }

    static var brokers: String { environment["KAFKA_BOOTSTRAP_SERVERS"] ?? "" }
    static var database: String { environment["DATABASE_URL"] ?? "" }
    /// Where the programs are.
    public static var programs: URL { URL(fileURLWithPath: environment["BRIDGE_PROGRAMS"] ?? "", isDirectory: true) }
    /// Where the programs of the release are that is replaced, if that is tried.
    public static var programsBefore: URL? {
        environment["BRIDGE_PROGRAMS_BEFORE"].map { URL(fileURLWithPath: $0, isDirectory: true) }
    }
    static var logs: URL {
        URL(fileURLWithPath: environment["BRIDGE_LOGS"] ?? NSTemporaryDirectory(), isDirectory: true)
    }
}

/// Runs a suite for the time of `body`, on topics and in a database of its own, and removes all of it.
///
/// - Parameters:
///   - purpose: Named in topics and logs.
///   - partitions: Of each topic.
///   - variables: Set for every service, beside the usual ones.
///   - services: Those that are started; the caller starts the others.
public func withSuite<Value>(
    _ purpose: String,
    partitions: Int32 = 3,
    variables: [String: String] = [:],
    starting services: [Suite.Service] = Suite.Service.allCases,
    _ body: (Suite) async throws -> Value
) async throws -> Value {
    let name = "e2e_\(purpose)_\(UInt32.random(in: .min ... .max))"
    guard let namespace = TopicNamespace(name + ".") else { preconditionFailure("\(name) is no prefix") }
    let logger = quietLogger()
    let admin = try Admin(settings: ["bootstrap.servers": SuiteGround.brokers], logger: logger)
    let topics = TopicCatalogue.all.map {
        $0.specification(in: namespace, partitions: partitions, durability: .singleBroker)
    }
    try await admin.createAndAwaitLeaders(topics)
    let databaseURL = try await SuiteDatabase.make(name, logger: logger)
    let settings = try SuiteSettings(
        programs: SuiteGround.programs,
        logs: SuiteGround.logs,
        brokers: SuiteGround.brokers,
        databaseURL: databaseURL,
        namespace: namespace,
        extra: variables
    )
    let suite = try Suite(settings)
    let result = await asyncResult {
        try await suite.start(services)
        return try await body(suite)
    }
    suite.stop()
    if case .failure = result { SuiteLogs(settings: settings).printComplaints() }
    try await SuiteDatabase.drop(name, logger: logger)
    try await admin.delete(topics.map(\.name))
    try await admin.close()
    return try result.get()
}

/// What came of `body`, so that something can be ended before its error is thrown.
public func asyncResult<Value>(_ body: () async throws -> Value) async -> Result<Value, any Error> {
    do {
        return .success(try await body())
    } catch {
        return .failure(error)
    }
}

/// Takes errors only.
public func quietLogger() -> Logger {
    var logger = Logger(label: "suite")
    logger.logLevel = .error
    return logger
}
