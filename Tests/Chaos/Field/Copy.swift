import SuiteTesting

/// One copy of a service as a process, whose ways to PostgreSQL, the broker and WeCom lead through proxies.
struct Copy: Sendable {
    let victim: Victim
    let process: ServiceProcess
    let database: Proxy
    let broker: Proxy
    let wecom: Proxy
    private let variables: [String: String]

    init(_ victim: Victim, in suite: Suite) async throws {
        self.victim = victim
        process = victim.copy == 1 ? suite[victim.service] : try suite.makeCopy(of: victim.service, number: victim.copy)
        database = try await suite.makeDatabaseProxy()
        broker = try await suite.makeBrokerProxy()
        wecom = try await suite.makeWeComProxy()
        variables = suite.variables(
            of: victim.service,
            database: victim.service == .mapper ? nil : database,
            broker: broker,
            wecom: wecom
        )
    }

    /// - Parameter more: Variables for this start alone.
    func start(adding more: [String: String] = [:]) throws {
        try process.start(adding: variables.merging(more) { $1 })
    }

    /// Nothing keeps it from anybody any more.
    func heal() {
        process.letGo()
        for proxy in [database, broker, wecom] { proxy.heal() }
    }

    func close() async {
        for proxy in [database, broker, wecom] { await proxy.close() }
    }
}
