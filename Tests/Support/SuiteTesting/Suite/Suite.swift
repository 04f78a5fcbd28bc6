import Foundation
public import Messages

/// The five services and the simulator as processes, on topics and in a database of their own.
public final class Suite: Sendable {
    /// The services, by name.
    public enum Service: String, CaseIterable, Sendable {
        case registry = "idp-registry"
        case fetcher = "wecom-fetcher"
        case mapper = "directory-mapper"
        case writer = "directory-writer"
        case verifier = "auth-verifier"
    }

    /// The simulator's control API.
    public let simulator: Simulator
    /// The registry's admin API.
    public let registry: Registry
    /// The writer's read API.
    public let directory: Directory
    /// Somebody at the client.
    public let employee: Employee
    /// Host and port of the verifier, which corps have to trust.
    public let verifierHost: String
    /// The suite's database, as superuser.
    public let databaseURL: String
    /// What stands before the names of the suite's topics and groups.
    public let namespace: TopicNamespace
    /// The broker.
    public let brokers: String

    /// The process of the simulator.
    public let simulatorProcess: ServiceProcess

    private let processes: [Service: ServiceProcess]
    private let settings: SuiteSettings
    private let readiness: [Service: String]

    init(_ settings: SuiteSettings) throws {
        self.settings = settings
        let ports = settings.ports
        simulator = Simulator("http://127.0.0.1:\(ports.simulator)")
        registry = Registry("http://127.0.0.1:\(ports.http[.registry] ?? 0)", key: settings.adminKey)
        directory = Directory("http://127.0.0.1:\(ports.http[.writer] ?? 0)", key: settings.directoryKey)
        employee = Employee(
            verifier: "http://127.0.0.1:\(ports.http[.verifier] ?? 0)",
            redirectURI: settings.clientRedirect
        )
        verifierHost = "127.0.0.1:\(ports.http[.verifier] ?? 0)"
        databaseURL = settings.databaseURL
        namespace = settings.namespace
        brokers = settings.brokers
        readiness = ports.health.mapValues { "http://127.0.0.1:\($0)/readyz" }
        simulatorProcess = ServiceProcess(
            name: "wecom-simulator",
            programs: settings.programs,
            arguments: ["--port", "\(ports.simulator)"],
            environment: settings.simulatorEnvironment,
            log: settings.log(of: "wecom-simulator")
        )
        processes = Dictionary(
            uniqueKeysWithValues: Service.allCases.map { service in
                let process = ServiceProcess(
                    name: service.rawValue,
                    programs: settings.programs,
                    environment: settings.environment(of: service),
                    log: settings.log(of: service.rawValue)
                )
                return (service, process)
            }
        )
    }

    /// The process of a service.
    public subscript(service: Service) -> ServiceProcess {
        guard let process = processes[service] else { preconditionFailure("every service has a process") }
        return process
    }

    /// Starts everything, and waits until it is ready.
    func start() async throws {
        try simulatorProcess.start()
        for service in Service.allCases { try self[service].start() }
        _ = try await waitFor("the simulator", within: .seconds(30)) {
            try await simulator.client.send("GET", "/control/statistics").status == 200 ? true : nil
        }
        for service in Service.allCases { try await waitUntilReady(service) }
    }

    /// Waits until a service says that it is ready.
    public func waitUntilReady(_ service: Service) async throws {
        let url = readiness[service] ?? ""
        do {
            _ = try await waitFor("\(service.rawValue) to be ready", within: .seconds(60)) {
                try await TestClient("").send("GET", url).status == 200 ? true : nil
            }
        } catch {
            throw SuiteFailure(what: "\(error)", log: String(self[service].output.suffix(3_000)))
        }
    }

    /// Ends everything that was started.
    func stop() {
        for service in Service.allCases { self[service].kill() }
        simulatorProcess.kill()
    }
}

/// A suite that did not start.
public struct SuiteFailure: Error, CustomStringConvertible {
    /// What did not happen.
    public let what: String
    /// The end of the service's log.
    public let log: String

    /// Both.
    public var description: String { "\(what)\n\(log)" }
}
