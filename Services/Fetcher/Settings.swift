import Egress
import FoundationEssentials
import Pipeline
import Runtime
import Sealing
import WeCom

/// What may be configured of the fetcher.
struct FetcherSettings: Sendable {
    let databaseURL: Secret
    let databaseConnections: Int
    let kafka: [String: String]
    let stage: StageSettings
    let sealingKeys: SealingKeys
    let weComURL: URL
    /// How long one call to WeCom may take.
    let callTime: Duration
    /// How each enterprise's WeCom is treated.
    var session: SessionSettings
    /// How many calls WeCom allows.
    let callLimits: CallLimits
    /// What instances that call from one address have in common.
    let egressAddress: String
    /// Which addresses identity providers' own proxies may have.
    let egressPolicy: EgressPolicy
    /// Calls to WeCom in flight at once, over all enterprises.
    let callsInFlight: Int
    /// Runs worked on at once, most of which wait for WeCom or the writer.
    let concurrentRuns: Int
    /// Batches of questions worked on at once.
    let concurrentErrands: Int
    /// How long a run is held without a word of its holder.
    let lease: Duration
    /// Pages of a run on their way to the writer, at most.
    let windowPages: Int
    /// For how long pages of a run may be on their way to the writer, by its pace.
    let windowDelay: Duration
    /// How long the writer may be silent while a run waits for it.
    let creditPatience: Duration
    /// How long a run waits for the configuration that it was started with.
    let configurationPatience: Duration
    /// How long pages that WeCom answers as before need not travel; zero for never.
    let pageReuse: Duration

    init(_ environment: Environment) throws {
        databaseURL = try environment.secret("DATABASE_URL", form: "postgresql://user:password@host:port/database")
        databaseConnections = try environment.integer("DATABASE_CONNECTIONS", default: 6, in: 2...64)
        kafka = try environment.kafkaSettings()
        stage = try StageSettings(environment)
        sealingKeys = try environment.sealingKeys()
        weComURL = try environment.url("WECOM_API_URL", default: "https://qyapi.weixin.qq.com")
        callTime = try environment.duration(
            "WECOM_CALL_SECONDS",
            default: .seconds(30),
            in: .seconds(1)...(.seconds(60))
        )
        session = SessionSettings()
        session.concurrency = try environment.integer("FETCHER_CONCURRENT_CALLS", default: 8, in: 1...64)
        session.pause = try environment.duration("WECOM_RATE_LIMIT_PAUSE_SECONDS", default: .seconds(60))
        session.backoff = Backoff(
            first: try environment.duration("WECOM_RETRY_SECONDS", default: .milliseconds(500)),
            limit: .seconds(20)
        )
        // A call's repetitions outlast it, so that what comes after an outage does not fail for it.
        session.silence = session.backoff.first * 10
        // The one call that tries whether WeCom answers again may last as long as a call may: eight waits last half a minute
        // at least, and each further one ten seconds more.
        session.silentRetries = 8 + max(0, Int(((callTime - .seconds(30)) / .seconds(10)).rounded(.up)))
        // A run that waits for longer goes back, and keeps what was read of it.
        session.maximumPauses = 1
        callLimits = try CallLimits(environment)
        egressAddress = environment.egressAddress
        egressPolicy = try environment.egressPolicy()
        callsInFlight = try environment.integer("FETCHER_CALLS_IN_FLIGHT", default: 64, in: 1...1_024)
        concurrentRuns = try environment.integer("FETCHER_CONCURRENT_RUNS", default: 256, in: 1...1_024)
        concurrentErrands = try environment.integer("FETCHER_CONCURRENT_ERRANDS", default: 16, in: 1...256)
        lease = try environment.duration(
            "FETCHER_LEASE_SECONDS",
            default: .seconds(15),
            in: .milliseconds(500)...(.seconds(600))
        )
        windowPages = try environment.integer("FETCHER_WINDOW_PAGES", default: 512, in: 1...100_000)
        windowDelay = try environment.duration("FETCHER_WINDOW_SECONDS", default: .milliseconds(400))
        creditPatience = try environment.duration("FETCHER_CREDIT_PATIENCE_SECONDS", default: .seconds(300))
        configurationPatience = try environment.duration("CONFIGURATION_PATIENCE_SECONDS", default: .seconds(30))
        // The topics keep pages for 14 days, and must always be able to give a directory back.
        let hours = try environment.integer("FETCHER_PAGE_REUSE_HOURS", default: 7 * 24, in: 0...(12 * 24))
        pageReuse = .seconds(hours * 3_600)
    }
}
