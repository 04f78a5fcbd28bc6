import Foundation
public import Messages
import Synchronization

/// The five services and the simulator as processes, on topics and in a database of their own.
public final class Suite: Sendable {
    /// The services, by name.
    public enum Service: String, CaseIterable, Codable, Sendable {
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
    private let copies = Mutex<[ServiceProcess]>([])

    init(_ settings: SuiteSettings) throws {
        self.settings = settings
        let ports = settings.ports
        simulator = Simulator("http://127.0.0.1:\(ports.simulator)")
        registry = Registry("http://127.0.0.1:\(ports[.registry].http)", key: settings.adminKey)
        directory = Directory("http://127.0.0.1:\(ports[.writer].http)", key: settings.directoryKey)
        employee = Employee(
            verifier: "http://127.0.0.1:\(ports[.verifier].http)",
            redirectURI: settings.clientRedirect
        )
        verifierHost = "127.0.0.1:\(ports[.verifier].http)"
        databaseURL = settings.databaseURL
        namespace = settings.namespace
        brokers = settings.brokers
        simulatorProcess = ServiceProcess(
            name: "wecom-simulator",
            programs: settings.programs,
            arguments: ["--port", "\(ports.simulator)"],
            environment: settings.simulatorEnvironment,
            log: settings.log(of: "wecom-simulator")
        )
        processes = Dictionary(
            uniqueKeysWithValues: Service.allCases.map { ($0, settings.process(of: $0, ports[$0])) }
        )
    }

    /// Another copy of a service, which is still to be started, with ports of its own; ended with the suite.
    ///
    /// - Parameter number: Tells it from the others, of which the suite's own is the first; by default the next one.
    public func makeCopy(of service: Service, number: Int? = nil) throws -> ServiceProcess {
        try copies.withLock { copies in
            let copy = settings.process(of: service, try .find(number ?? 2 + copies.count))
            copies.append(copy)
            return copy
        }
    }

    /// The console as a client of these services, which is still to be started; ended with the suite.
    public func makeConsole() throws -> ServiceProcess {
        let console = try settings.consoleProcess()
        copies.withLock { $0.append(console) }
        return console
    }

    /// `bridgectl`, still to be started, with a log of its own, and the word behind which that says how it ended.
    func makeControl(_ arguments: [String]) -> (process: ServiceProcess, mark: String) {
        let id = UUID().uuidString
        let mark = "ended \(id)"
        let words = [settings.programs.appendingPathComponent("bridgectl").path] + arguments
        let quoted = words.map { "'\($0.replacing("'", with: "'\\''"))'" }.joined(separator: " ")
        let process = ServiceProcess(
            name: "sh",
            programs: URL(fileURLWithPath: "/bin", isDirectory: true),
            arguments: ["-c", "\(quoted); echo \(mark) $?"],
            environment: settings.controlEnvironment,
            log: settings.log(of: "bridgectl-\(id.prefix(8))")
        )
        return (process, mark)
    }

    /// What has a service find its database, the broker or WeCom by way of proxies.
    public func variables(
        of service: Service,
        database: Proxy? = nil,
        broker: Proxy? = nil,
        wecom: Proxy? = nil
    ) -> [String: String] {
        var variables: [String: String] = [:]
        if let wecom { variables["WECOM_API_URL"] = "http://127.0.0.1:\(wecom.port)" }
        if let database { variables["DATABASE_URL"] = settings.databaseURL(of: service, port: database.port) }
        if let broker { variables["KAFKA_BOOTSTRAP_SERVERS"] = "127.0.0.1:\(broker.port)" }
        return variables
    }

    /// A proxy before the suite's database, for one process.
    public func makeDatabaseProxy() async throws -> Proxy {
        let url = URLComponents(string: databaseURL)
        return try await .before(host: url?.host ?? "127.0.0.1", port: url?.port ?? 5_432)
    }

    /// A proxy before the broker, for one process. The broker has to be a single one, on 127.0.0.1.
    public func makeBrokerProxy() async throws -> Proxy {
        let port = brokers.split(separator: ":").last.flatMap { Int($0) }
        return try await .beforeBroker(host: "127.0.0.1", port: port ?? 9_092)
    }

    /// A proxy before the simulator, for one process.
    public func makeWeComProxy() async throws -> Proxy {
        let url = URLComponents(string: simulator.client.base)
        return try await .before(host: "127.0.0.1", port: url?.port ?? 80)
    }

    /// What may be in no log, topic or table as it is, by what it is for.
    public var secrets: [String: String] { settings.secrets }

    /// The service that is asked at an address, be it by another copy.
    public func service(at origin: String) -> Service? {
        let all = Array(processes.values) + copies.withLock { $0 }
        return all.first { $0.address == origin }.flatMap { Service(rawValue: $0.name) }
    }

    /// The process of a service.
    public subscript(service: Service) -> ServiceProcess {
        guard let process = processes[service] else { preconditionFailure("every service has a process") }
        return process
    }

    /// Starts the simulator and, unless the caller does so, the services, and waits until all is ready.
    func start(_ services: [Service] = Service.allCases) async throws {
        try simulatorProcess.start()
        for service in services { try self[service].start() }
        _ = try await waitFor("the simulator") {
            try await simulator.client.send("GET", "/control/statistics").status == 200 ? true : nil
        }
        for service in services { try await waitUntilReady(service) }
        if services.contains(.registry) { try await makeUsualClient() }
    }

    /// Makes the client by which ``employee`` logs on; the registry has to be ready.
    public func makeUsualClient() async throws {
        try await registry.makeUsualClient(redirectURI: employee.redirectURI)
    }

    /// Waits until a service says that it is ready.
    public func waitUntilReady(_ service: Service) async throws { try await self[service].waitUntilReady() }

    /// Ends everything that was started.
    func stop() {
        for copy in copies.withLock({ $0 }) { copy.kill() }
        for service in Service.allCases { self[service].kill() }
        simulatorProcess.kill()
    }
}

/// Something of a suite that did not happen, with what there is to say of it.
public struct SuiteFailure: Error, CustomStringConvertible {
    /// What did not happen.
    public let what: String
    /// The end of the service's log, or what else tells why.
    public let log: String

    /// - Parameters:
    ///   - what: What did not happen.
    ///   - log: What tells why.
    public init(what: String, log: String) {
        self.what = what
        self.log = log
    }

    /// Both.
    public var description: String { "\(what)\n\(log)" }
}
