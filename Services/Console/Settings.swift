import FoundationEssentials
import Runtime
import Sealing

/// What the console is configured with (architecture.md §7).
struct Settings: Sendable {
    /// Another service's API, and the key that the console itself has for it.
    struct Peer: Sendable {
        var url: String
        var key: Secret
    }

    /// `PUBLIC_URL`, an origin: what browsers reach the console by.
    var publicURL: String
    /// `REGISTRY_URL`; it is asked with the keys of those who sign in.
    var registryURL: String
    /// `DIRECTORY_URL` and `DIRECTORY_API_KEY`.
    var directory: Peer
    /// `VERIFIER_URL` and `OPERATOR_API_KEY`.
    var verifier: Peer
    /// `LOGON_URL`: where employees log on, as they reach it; by default `VERIFIER_URL`.
    var logonURL: String
    /// `SIGN_IN_CLIENT_ID` and `SIGN_IN_CLIENT_SECRET`: the console as a client of the verifier; nil where only API keys
    /// sign in.
    var signIn: SignInClient?
    /// `SEALING_KEYS`: seal the sign-ins.
    var sealing: SealingKeys
    /// `BOOTSTRAP_FILES`: where Debian's libjs-bootstrap5 lies.
    var bootstrapFiles: String
    /// `SESSION_IDLE_SECONDS`: how long a sign-in lasts without being used.
    var idleLimit: Duration = .seconds(1_800)
    /// `SESSION_SECONDS`: how long a sign-in lasts at all.
    var absoluteLimit: Duration = .seconds(43_200)
    /// `HTTP_HOST`.
    var host: String
    /// `HTTP_PORT`.
    var port: Int

    /// The port where `HTTP_PORT` is not set.
    static let defaultPort = 8085

    /// Whether browsers come by TLS, so that cookies are sent by nothing else.
    var isSecure: Bool { publicURL.hasPrefix("https:") }

    /// - Throws: `ConfigurationErrors` that name every variable that is missing or wrong.
    static func read(_ environment: Runtime.Environment) throws -> Settings {
        try environment.settings { environment in
            let publicURL = try origin(environment)
            let registryURL = try environment.url("REGISTRY_URL").absoluteString
            let directory = Peer(
                url: try environment.url("DIRECTORY_URL").absoluteString,
                key: try environment.secret("DIRECTORY_API_KEY", form: "a key of the directory for all tenants")
            )
            let verifierURL = try environment.url("VERIFIER_URL").absoluteString
            let operatorKey = try environment.secret("OPERATOR_API_KEY", form: "the verifier's key for operators")
            let logonURL = try environment.optionalURL("LOGON_URL", default: nil)?.absoluteString
            let clientID = environment.string("SIGN_IN_CLIENT_ID", default: "")
            let clientSecret = environment.optionalSecret("SIGN_IN_CLIENT_SECRET")
            let bootstrap = environment.string("BOOTSTRAP_FILES", default: "/usr/share/bootstrap-html")
            let idle = try environment.duration("SESSION_IDLE_SECONDS", default: .seconds(1_800))
            let absolute = try environment.duration("SESSION_SECONDS", default: .seconds(43_200))
            let port = try environment.port(default: defaultPort)
            return Settings(
                publicURL: publicURL,
                registryURL: registryURL,
                directory: directory,
                verifier: Peer(url: verifierURL, key: operatorKey),
                logonURL: logonURL ?? verifierURL,
                signIn: clientID.isEmpty
                    ? nil
                    : SignInClient(
                        id: clientID,
                        secret: clientSecret,
                        logonURL: logonURL ?? verifierURL,
                        verifierURL: verifierURL,
                        redirectURI: publicURL + EmployeeSignInPages.callback
                    ),
                sealing: try environment.sealingKeys(),
                bootstrapFiles: bootstrap,
                idleLimit: idle,
                absoluteLimit: absolute,
                host: environment.host,
                port: port
            )
        }
    }

    /// Plain HTTP is for loopback alone: a sign-in sent over a network in the clear is everybody's.
    private static func origin(_ environment: Runtime.Environment) throws -> String {
        let url = try environment.url("PUBLIC_URL")
        guard !url.isFileURL else { return "" }
        guard url.path().isEmpty, url.query() == nil, url.fragment() == nil else {
            return try environment.refuse(
                "PUBLIC_URL",
                "has a path",
                "give scheme, host and port only, such as https://console.example.com",
                standIn: ""
            )
        }
        let host = url.host() ?? ""
        guard url.scheme == "https" || ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host) else {
            return try environment.refuse(
                "PUBLIC_URL",
                "is plain HTTP to another machine",
                "give an https URL",
                standIn: ""
            )
        }
        return url.absoluteString
    }
}
