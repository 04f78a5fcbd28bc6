import Kafka
import Logging
import Messages
import Pipeline

/// Sends a run that tells again, as one holder of it.
struct ReplaySender {
    let run: ReplayRun
    let fence: Fence
    let log: ReplayLog
    private let writer: TransactionalProducer
    private var pace: Pace
    private var pages: ReplayPages
    private var checked = 0
    private var looked: ContinuousClock.Instant?
    private var isAborted = false

    /// Whoever asks that it be ended waits no longer than this until it is heard.
    private static let patience = Duration.seconds(1)

    /// Shuts every earlier holder out.
    init(_ run: ReplayRun, fence: Fence, to log: ReplayLog, at pace: Pace) async throws {
        self.run = run
        self.fence = fence
        self.log = log
        self.pace = pace
        pages = ReplayPages(mappingNumber: run.configuration.mappingNumber)
        writer = try TransactionalProducer(
            settings: log.settings,
            transactionalID: "\(log.namespace.prefix)bridgectl.replay.\(run.id)",
            logger: log.logger
        )
        try await writer.initTransactions()
    }

    /// How many people and departments were told.
    var counts: (users: Int, departments: Int) { pages.counts }

    func begin() async throws {
        try await send(
            RunStarted(
                kind: .replay,
                isDryRun: run.isDryRun,
                terms: run.configuration.terms,
                requestedAt: run.requestedAt
            )
        )
    }

    /// Tells records, no faster than was asked for and no more than the writer takes.
    mutating func tell(_ records: LoggedRecords) async throws {
        for message in pages.messages(of: records) {
            try await pace.wait(for: 1)
            try await look()
            switch message {
            case .departmentPage(let page): try await send(page)
            case .userPage(let page): try await send(page)
            case .departmentBatch(let batch): try await send(batch)
            case .userBatch(let batch): try await send(batch)
            }
        }
    }

    /// Sees every 16 pages to it that the writer keeps up, and each second whether the run is to go on.
    mutating func look() async throws {
        let now = ContinuousClock.now
        let isDue = looked.map { now - $0 >= Self.patience } ?? true
        guard isDue || pages.pages - checked >= 16 else { return }
        (checked, looked) = (pages.pages, now)
        try await run.waitForRoom(after: pages.pages)
    }

    /// All is told.
    func end(after last: FetchManifest) async throws {
        let manifest = pages.manifest(after: last)
        if log.topic == TopicCatalogue.wecomRecords {
            try await send(RunFetched(manifest: manifest))
        } else {
            try await send(RunMapped(manifest: manifest))
        }
    }

    /// Nothing more is told. Once that is said, it is not said again.
    mutating func abort(_ outcome: RunOutcome = .failed, because reason: String) async throws {
        guard !isAborted else { return }
        try await send(RunAborted(outcome: outcome, reason: reason))
        isAborted = true
    }

    /// As ``abort(_:because:)``, as somebody asked for it.
    mutating func cancel() async throws {
        try await abort(.cancelled, because: "It was asked to end; what was told until then stays told.")
    }

    /// Tells the registry who holds the run.
    func beat() async throws {
        try await send(StageProgress(stage: .fetcher, pages: pages.pages), to: TopicCatalogue.progress)
    }

    private func send<Content: Message>(_ message: Content, to topic: Topic? = nil) async throws {
        let record = try OutgoingRecord(
            message,
            envelope: run.envelope(Content.type, fence),
            to: topic ?? log.topic,
            in: log.namespace
        )
        try await writer.sendTransaction([record])
    }
}
