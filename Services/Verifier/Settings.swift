import Egress
import FoundationEssentials
import Pipeline
import Postgres
import Runtime
import Sealing
import WeCom

/// What the verifier is configured with (architecture.md §7).
struct Settings: Sendable {
    /// `DATABASE_URL`.
    var databaseURL: Secret
    /// `DATABASE_CONNECTIONS`.
    var databaseConnections: Int
    /// `DATABASE_PARTITIONS`: how many a table gets that is made in partitions.
    var databasePartitions = HashPartitions.standardCount
    /// `KAFKA_*`, `TOPIC_PREFIX` and how stages read.
    var stage: StageSettings
    /// `SEALING_KEYS`: open the connections' secrets, seal the signing keys.
    var sealing: SealingKeys
    /// `PUBLIC_URL`, an origin: what browsers reach this service by, and the issuer of its tokens.
    var publicURL: String
    /// `WECOM_API_URL`.
    var wecomAPIURL: String
    /// `WECOM_OAUTH_URL`.
    var wecomOAuthURL: String
    /// `WECOM_LOGIN_URL`.
    var wecomLoginURL: String
    /// `OPERATOR_API_KEY`: opens the diagnoses; without one they stay closed.
    var operatorKey: Secret?
    /// `HTTP_HOST`.
    var host: String
    /// `HTTP_PORT`.
    var port: Int
    /// `EGRESS_PRIVATE_NETWORKS`: which addresses identity providers' own proxies may have.
    var egressPolicy = EgressPolicy()
    /// `EGRESS_ADDRESS`: what programs that call WeCom from one address have in common.
    var egressAddress = "default"
    /// `TRUSTED_PROXIES`: whose word on where somebody comes from is taken.
    var trustedProxies = TrustedProxies()
    /// `REGISTRY_URL`, `REGISTRY_API_KEY`: who is asked to synchronise people that log on before a run has brought them.
    var registry: RegistryAddress?
    /// How often sessions of closed identity providers are looked for, besides at once when one is closed.
    var sweepPeriod: Duration = .seconds(30)
    /// How long a signing key is published before it signs.
    var keyLead: Duration = .seconds(600)
    /// How often each instance looks for new signing keys.
    var keyPeriod: Duration = .seconds(10)
    /// How often what nobody needs any more is deleted.
    var housekeepingPeriod: Duration = .seconds(300)
    /// How long a person waits for WeCom.
    var wecomTimeout: Duration = .seconds(10)

    /// The port where `HTTP_PORT` is not set.
    static let defaultPort = 8081

    /// - Throws: `ConfigurationErrors` that name every variable that is missing or wrong.
    static func read(_ environment: Runtime.Environment) throws -> Settings {
        // Missing sealing keys have no stand-in; whatever else is missing is reported with them.
        try environment.settings { environment in
            let publicURL = try origin(environment)
            let databaseURL = try environment.secret("DATABASE_URL", form: "postgresql://user@host/database")
            let connections = try environment.integer("DATABASE_CONNECTIONS", default: 8, in: 2...100)
            let partitions = try environment.integer(
                "DATABASE_PARTITIONS",
                default: HashPartitions.standardCount,
                in: HashPartitions.possibleCounts
            )
            let operatorKey = try operatorKey(environment)
            let stage = try StageSettings(environment)
            let port = try environment.port(default: defaultPort)
            let api = try environment.url("WECOM_API_URL", default: "https://qyapi.weixin.qq.com")
            let oauth = try environment.url("WECOM_OAUTH_URL", default: "https://open.weixin.qq.com")
            let login = try environment.url("WECOM_LOGIN_URL", default: "https://login.work.weixin.qq.com")
            let egressPolicy = try environment.egressPolicy()
            let trustedProxies = try environment.trustedProxies()
            let registry = try registry(environment)
            return Settings(
                databaseURL: databaseURL,
                databaseConnections: connections,
                databasePartitions: partitions,
                stage: stage,
                sealing: try environment.sealingKeys(),
                publicURL: publicURL,
                wecomAPIURL: api.absoluteString,
                wecomOAuthURL: oauth.absoluteString,
                wecomLoginURL: login.absoluteString,
                operatorKey: operatorKey,
                host: environment.host,
                port: port,
                egressPolicy: egressPolicy,
                egressAddress: environment.egressAddress,
                trustedProxies: trustedProxies,
                registry: registry
            )
        }
    }

    private static func origin(_ environment: Runtime.Environment) throws -> String {
        let url = try environment.url("PUBLIC_URL")
        guard url.isFileURL || url.path().isEmpty, url.query() == nil, url.fragment() == nil else {
            return try environment.refuse(
                "PUBLIC_URL",
                "has a path",
                "give scheme, host and port only, such as https://logon.example.com",
                standIn: ""
            )
        }
        return url.absoluteString
    }

    private static func registry(_ environment: Runtime.Environment) throws -> RegistryAddress? {
        guard let url = try environment.optionalURL("REGISTRY_URL") else { return nil }
        let key = try environment.secret("REGISTRY_API_KEY", form: "a key of the registry with the role operator")
        return RegistryAddress(url: url.absoluteString, key: key)
    }

    private static func operatorKey(_ environment: Runtime.Environment) throws -> Secret? {
        guard let key = environment.optionalSecret("OPERATOR_API_KEY") else { return nil }
        if key.withValue({ $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } && (24...512).contains($0.utf8.count) }) {
            return key
        }
        return try environment.refuse(
            "OPERATOR_API_KEY",
            "is not made of 24 to 512 visible ASCII characters, which a bearer token is",
            standIn: nil
        )
    }
}
