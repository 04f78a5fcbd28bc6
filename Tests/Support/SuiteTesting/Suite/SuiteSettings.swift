import Foundation
import Messages

/// Ports, names and secrets of one suite.
struct SuiteSettings: Sendable {
    /// One copy of a service.
    struct Instance: Sendable {
        let number: Int
        let http: Int
        let health: Int

        static func find(_ number: Int) throws -> Instance {
            Instance(number: number, http: try FreePort.find(), health: try FreePort.find())
        }
    }

    struct Ports: Sendable {
        let simulator: Int
        fileprivate let services: [Suite.Service: Instance]

        static func find() throws -> Ports {
            try Ports(
                simulator: FreePort.find(),
                services: Dictionary(uniqueKeysWithValues: Suite.Service.allCases.map { ($0, try .find(1)) })
            )
        }

        subscript(service: Suite.Service) -> Instance {
            guard let instance = services[service] else { preconditionFailure("every service has ports") }
            return instance
        }
    }

    let programs: URL
    let logs: URL
    let brokers: String
    let databaseURL: String
    let namespace: TopicNamespace
    let ports: Ports
    let adminKey = "wbk_" + SuiteSettings.letters(32)
    let directoryKey = SuiteSettings.letters(32)
    let operatorKey = SuiteSettings.letters(32)
    /// Few, as each suite makes its database.
    let databasePartitions = "2"
    let clientRedirect = "http://127.0.0.1:9/callback"
    /// Variables that a test sets beside the usual ones.
    let extra: [String: String]

    private let sealingKey = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
    private let provider = [
        "WECOM_PROVIDER_CORPID": "ww" + SuiteSettings.hexadecimal(16),
        "WECOM_PROVIDER_SECRET": SuiteSettings.letters(43),
        "WECOM_TEMPLATE_ID": "dk" + SuiteSettings.hexadecimal(16),
        "WECOM_TEMPLATE_SECRET": SuiteSettings.letters(43),
        "WECOM_CALLBACK_TOKEN": SuiteSettings.letters(24),
        "WECOM_CALLBACK_AES_KEY": SuiteSettings.letters(43),
    ]

    init(
        programs: URL,
        logs: URL,
        brokers: String,
        databaseURL: String,
        namespace: TopicNamespace,
        extra: [String: String]
    ) throws {
        self.programs = programs
        self.logs = logs
        self.brokers = brokers
        self.databaseURL = databaseURL
        self.namespace = namespace
        self.extra = extra
        ports = try .find()
    }

    /// What may be in no log, topic or table as it is.
    var secrets: [String: String] {
        provider.filter { $0.key != "WECOM_PROVIDER_CORPID" && $0.key != "WECOM_TEMPLATE_ID" }.merging([
            "BOOTSTRAP_API_KEY": adminKey, "DIRECTORY_API_KEYS": directoryKey, "SEALING_KEYS": sealingKey,
            "OPERATOR_API_KEY": operatorKey,
        ]) { $1 }
    }

    func log(of program: String) -> URL { logs.appendingPathComponent("\(namespace.prefix)\(program).log") }

    var simulatorEnvironment: [String: String] {
        inherited.merging(provider) { $1 }.merging([
            "WECOM_CALLBACK_URL": "http://127.0.0.1:\(ports[.registry].http)/wecom/callback/command"
        ]) { $1 }
    }

    /// What operators set for `bridgectl`.
    var controlEnvironment: [String: String] {
        inherited.merging([
            "KAFKA_BOOTSTRAP_SERVERS": brokers,
            "TOPIC_PREFIX": namespace.prefix,
            "REGISTRY_URL": "http://127.0.0.1:\(ports[.registry].http)",
            "REGISTRY_API_KEY": adminKey,
            "DIRECTORY_URL": "http://127.0.0.1:\(ports[.writer].http)",
            "DIRECTORY_API_KEY": directoryKey,
            "VERIFIER_URL": "http://127.0.0.1:\(ports[.verifier].http)",
            "VERIFIER_API_KEY": operatorKey,
        ]) { $1 }
    }

    func process(of service: Suite.Service, _ instance: Instance) -> ServiceProcess {
        let suffix = instance.number == 1 ? "" : "-\(instance.number)"
        return ServiceProcess(
            name: service.rawValue,
            programs: programs,
            environment: environment(of: service, instance),
            log: log(of: service.rawValue + suffix),
            httpPort: instance.http,
            healthPort: instance.health
        )
    }

    private func environment(of service: Suite.Service, _ instance: Instance) -> [String: String] {
        let simulator = "http://127.0.0.1:\(ports.simulator)"
        let common = [
            "KAFKA_BOOTSTRAP_SERVERS": brokers,
            "TOPIC_PREFIX": namespace.prefix,
            "TOPIC_REPLICATION": "\(TopicDurability.singleBroker.replication)",
            "TOPIC_MIN_INSYNC_REPLICAS": "\(TopicDurability.singleBroker.minInSyncReplicas)",
            "INSTANCE_ID": "\(service.rawValue)-\(instance.number)",
            "HTTP_PORT": "\(instance.http)",
            "HEALTH_PORT": "\(instance.health)",
            "PUBLIC_URL": "http://127.0.0.1:\(ports[service].http)",
            "SEALING_KEYS": "test:\(sealingKey)",
            "WECOM_API_URL": simulator,
            "WECOM_OAUTH_URL": simulator,
            "WECOM_LOGIN_URL": simulator,
            "WECOM_RATE_LIMIT_PAUSE_SECONDS": "2",
            "LOG_FORMAT": "json",
        ]
        return inherited.merging(common) { $1 }.merging(own(service)) { $1 }.merging(extra) { $1 }
    }

    private func own(_ service: Suite.Service) -> [String: String] {
        switch service {
        case .registry:
            provider.merging(peers) { $1 }.merging([
                "BOOTSTRAP_API_KEY": adminKey, "DATABASE_URL": databaseURL(of: service),
            ]) { $1 }
        case .fetcher: ["DATABASE_URL": databaseURL(of: service)]
        case .mapper: [:]
        case .writer:
            [
                "DATABASE_URL": databaseURL(of: service), "DATABASE_PARTITIONS": databasePartitions,
                "DIRECTORY_API_KEYS": directoryKey, "REGISTRY_URL": "http://127.0.0.1:\(ports[.registry].http)",
            ]
        case .verifier:
            [
                "DATABASE_URL": databaseURL(of: service), "DATABASE_PARTITIONS": databasePartitions,
                "OPERATOR_API_KEY": operatorKey,
                // Whoever tests says where they come from, as a proxy does.
                "TRUSTED_PROXIES": "127.0.0.1",
                "REGISTRY_URL": "http://127.0.0.1:\(ports[.registry].http)", "REGISTRY_API_KEY": adminKey,
            ]
        }
    }

    /// Where the writer's and the verifier's APIs are, and the keys to them.
    private var peers: [String: String] {
        [
            "DIRECTORY_URL": "http://127.0.0.1:\(ports[.writer].http)", "DIRECTORY_API_KEY": directoryKey,
            "VERIFIER_URL": "http://127.0.0.1:\(ports[.verifier].http)", "OPERATOR_API_KEY": operatorKey,
        ]
    }

    /// The console, a client of these services.
    func consoleProcess() throws -> ServiceProcess {
        let instance = try Instance.find(1)
        return ServiceProcess(
            name: "admin-console",
            programs: programs,
            environment: inherited.merging(peers) { $1 }.merging([
                "REGISTRY_URL": "http://127.0.0.1:\(ports[.registry].http)",
                "HTTP_PORT": "\(instance.http)", "HEALTH_PORT": "\(instance.health)",
                "PUBLIC_URL": "http://127.0.0.1:\(instance.http)", "SEALING_KEYS": "test:\(sealingKey)",
                "LOG_FORMAT": "json",
            ]) { $1 },
            log: log(of: "admin-console"),
            httpPort: instance.http,
            healthPort: instance.health
        )
    }

    /// The database as a service's own role, which `compose/postgres-init.sql` makes.
    ///
    /// - Parameter port: Of a proxy on loopback; the server's own by default.
    func databaseURL(of service: Suite.Service, port: Int? = nil) -> String {
        guard var parts = URLComponents(string: databaseURL) else { return databaseURL }
        let role = Self.schemas[service]
        parts.user = role
        parts.password = role
        if let port { (parts.host, parts.port) = ("127.0.0.1", port) }
        return parts.string ?? databaseURL
    }

    private static let schemas: [Suite.Service: String] = [
        .registry: "registry", .fetcher: "fetcher", .writer: "directory", .verifier: "verifier",
    ]

    private var inherited: [String: String] {
        let names = ["PATH", "HOME", "LD_LIBRARY_PATH", "TZ", "KAFKA_DEVELOPMENT_BROKER"]
        return ProcessInfo.processInfo.environment.filter { names.contains($0.key) }
    }

    private static func letters(_ count: Int) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<count).map { _ in alphabet[Int.random(in: alphabet.indices)] })
    }

    private static func hexadecimal(_ count: Int) -> String {
        String((0..<count).map { _ in Character(String(Int.random(in: 0..<16), radix: 16)) })
    }
}
