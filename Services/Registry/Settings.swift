import Egress
import FoundationEssentials
import Messages
import Pipeline
import Runtime
import Sealing
import WeCom

/// What the registry is configured with (architecture.md §7).
struct Settings: Sendable {
    static let usualPort = 8080

    var databaseURL: String
    var databaseConnections = 8
    var stage: StageSettings
    var host = "127.0.0.1"
    var port = usualPort
    var sealingKeys: SealingKeys
    /// Where administrators and WeCom reach the registry, without a slash at the end; empty when that is not known.
    var publicURL = ""
    var wecomURL = "https://qyapi.weixin.qq.com"
    /// How long one call to WeCom may take: somebody waits for the answer.
    var wecomTimeout: Duration = .seconds(10)
    /// Which addresses identity providers' own proxies may have.
    var egressPolicy = EgressPolicy()
    /// What programs that call WeCom from one address have in common.
    var egressAddress = "default"
    /// Host and port of the logon page, which apps have to trust; nil when they are not known.
    var logonHost: String?
    /// Nil when this installation is no provider: then only apps of the enterprises' own can be connected.
    var provider: ProviderCredentials?
    var callbacks: CallbackCrypto?
    /// Whether callbacks have to come from WeCom's own addresses.
    var callbackSources = CallbackSourceCheck.off
    /// An owner's key of all tenants, to make the first keys with.
    var bootstrapKey: Secret?
    var schedulerPause: Duration = .seconds(1)
    var pace = SchedulePace()
    var webhooks = WebhookPolicy()
    var runWatch = RunWatch.Settings()
    var watchdog = WatchdogSettings()
    /// How long the audit is kept.
    var auditDays = 365
    /// For how many hours plans can be carried out.
    var planHours = 24
    var hints = HintSettings()
    var grants = GrantSettings()
    /// Where the directory's API is, to say what closing an identity provider would do.
    var directory: PeerAddress?
    /// Where the verifier's API is, for the same.
    var verifier: PeerAddress?

    init(databaseURL: String, stage: StageSettings, sealingKeys: SealingKeys) {
        self.databaseURL = databaseURL
        self.stage = stage
        self.sealingKeys = sealingKeys
    }

    /// Reads the environment. Throws `ConfigurationErrors` that name every variable with a mistake, and why.
    init(_ environment: Environment) throws {
        self = try environment.settings { environment in
            var settings = Settings(
                databaseURL: try environment.databaseURL(),
                stage: try StageSettings(environment),
                sealingKeys: try environment.sealingKeys()
            )
            settings.databaseConnections = try environment.integer("DATABASE_CONNECTIONS", default: 8, in: 2...100)
            settings.host = environment.host
            settings.port = try environment.port(default: Self.usualPort)
            settings.publicURL = try environment.optionalURL("PUBLIC_URL")?.absoluteString ?? ""
            settings.wecomURL = try environment.url("WECOM_API_URL", default: settings.wecomURL).absoluteString
            settings.egressPolicy = try environment.egressPolicy()
            settings.egressAddress = environment.egressAddress
            settings.logonHost = try environment.optionalURL("LOGON_URL").flatMap { url in
                url.host().map { host in url.port.map { "\(host):\($0)" } ?? host }
            }
            settings.provider = try environment.providerCredentials()
            settings.callbacks = try environment.callbackCrypto()
            settings.callbackSources = try environment.choice("WECOM_CALLBACK_SOURCE_CHECK", default: .off)
            settings.bootstrapKey = try environment.bootstrapKey()
            settings.webhooks.allowsHTTP = try environment.boolean("WEBHOOKS_ALLOW_HTTP", default: false)
            settings.webhooks.allowsPrivateAddresses = try environment.boolean(
                "WEBHOOKS_ALLOW_PRIVATE_ADDRESSES",
                default: false
            )
            settings.auditDays = try environment.integer("AUDIT_DAYS", default: settings.auditDays, in: 30...3_650)
            settings.planHours = try environment.integer("PLAN_HOURS", default: settings.planHours, in: 1...168)
            let minutes = try environment.integer("RUN_SILENCE_MINUTES", default: 10, in: 1...1_440)
            settings.watchdog.silence = .seconds(60 * minutes)
            settings.directory = try environment.peer(url: "DIRECTORY_URL", key: "DIRECTORY_API_KEY")
            settings.verifier = try environment.peer(url: "VERIFIER_URL", key: "OPERATOR_API_KEY")
            return settings
        }
    }
}

/// Where another service is, and the key to it.
struct PeerAddress: Sendable {
    var url: String
    var key: Secret
}

extension Environment {
    /// A service that may be asked; nil when nobody has said where it is.
    fileprivate func peer(url name: String, key: String) throws -> PeerAddress? {
        guard let url = try optionalURL(name) else { return nil }
        return PeerAddress(url: url.absoluteString, key: try secret(key, form: "an API key"))
    }

    fileprivate func databaseURL() throws -> String {
        let form = "a URL such as postgresql://registry@127.0.0.1:5432/wecombridge"
        return try secret("DATABASE_URL", form: form).withValue { $0 }
    }

    fileprivate func bootstrapKey() throws -> Secret? {
        guard let key = optionalSecret("BOOTSTRAP_API_KEY") else { return nil }
        guard key.withValue({ $0.count }) >= 24 else {
            return try refuse("BOOTSTRAP_API_KEY", "is too short", "give at least 24 characters", standIn: nil)
        }
        return key
    }

    /// All four variables, or none.
    fileprivate func providerCredentials() throws -> ProviderCredentials? {
        let names = ["WECOM_PROVIDER_CORPID", "WECOM_PROVIDER_SECRET", "WECOM_TEMPLATE_ID", "WECOM_TEMPLATE_SECRET"]
        let corpID = try parsed(names[0], form: "a corp ID") { try CorpID($0) }
        let secret = optionalSecret(names[1])
        let templateID = try parsed(names[2], form: "a template ID such as dk0123456789abcdef") { try SuiteID($0) }
        let templateSecret = optionalSecret(names[3])
        if let corpID, let secret, let templateID, let templateSecret {
            return ProviderCredentials(
                corpID: corpID,
                secret: secret,
                templateID: templateID,
                templateSecret: templateSecret
            )
        }
        return try requireNone(of: names)
    }

    /// Both variables, or none.
    fileprivate func callbackCrypto() throws -> CallbackCrypto? {
        let names = ["WECOM_CALLBACK_TOKEN", "WECOM_CALLBACK_AES_KEY"]
        guard let token = optionalSecret(names[0]), let key = optionalSecret(names[1]) else {
            return try requireNone(of: names)
        }
        do {
            return try token.withValue { token in
                try key.withValue { try CallbackCrypto(token: token, encodingAESKey: $0) }
            }
        } catch CallbackError.badToken {
            return try refuse(names[0], "is not of its form", "give 1 to 32 letters and digits", standIn: nil)
        } catch {
            return try refuse(names[1], "is not of its form", "give exactly 43 letters and digits", standIn: nil)
        }
    }

    /// Reports those that are missing when some of the variables are set.
    private func requireNone<Value>(of names: [String]) throws -> Value? {
        let missing = names.filter { optionalSecret($0) == nil }
        guard missing.count < names.count else { return nil }
        for name in missing {
            _ = try refuse(name, "is missing", "give it, or none of \(names.joined(separator: ", "))", standIn: ())
        }
        return nil
    }
}
