public import Logging

/// What a program's services share.
public struct ProgramContext: Sendable {
    /// The program's name, such as `wecom-fetcher`.
    public let name: String
    /// Which of several copies of the program this is.
    public let instanceID: String
    /// Where to log.
    public let logger: Logger
    /// What `/readyz` shows.
    public let readiness: Readiness
    /// What `/metrics` shows.
    public let metrics: PrometheusFactory

    /// `name/instance`, which envelopes give as their source.
    public var source: String { "\(name)/\(instanceID)" }

    /// A context of a test's own.
    public init(
        name: String,
        instanceID: String,
        logger: Logger,
        readiness: Readiness = Readiness(),
        metrics: PrometheusFactory = PrometheusFactory()
    ) {
        self.name = name
        self.instanceID = instanceID
        self.logger = logger
        self.readiness = readiness
        self.metrics = metrics
    }
}
