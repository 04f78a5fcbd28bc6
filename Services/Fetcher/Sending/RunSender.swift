import JSONCoding
import Kafka
import Messages
import Metrics
import Pipeline

/// Writes the messages of one holder of a run, in order, each batch awaited.
///
/// Whoever uses it sends one batch at a time.
actor RunSender {
    /// A page that is still without its number.
    enum Page: Sendable {
        case departments(RawJSON)
        case users(RawJSON, PageOrigin?)
        /// Pages that are as before, which do not travel.
        case unchanged([UnchangedPages.Page])

        /// Bytes that it has in memory until it is sent; of one that does not travel hardly any.
        var size: Int {
            switch self {
            case .departments(let list), .users(let list, _): list.bytes.count
            case .unchanged: 0
            }
        }
    }

    /// What a holder has done, for those who watch.
    struct Standing: Equatable, Sendable {
        var departmentsRead = 0
        var departmentsExpected = 0
        var usersSeen = 0
    }

    /// How often progress is told, at most.
    private static let progressInterval = Duration.milliseconds(500)
    /// Pages in one batch, at most: 400 KB each.
    private static let batchLimit = 32
    private static let sentPages = Counter(label: "fetcher.pages")

    private let lease: Lease
    private let producer: Producer
    private let namespace: TopicNamespace
    private let source: String
    private let credit: Credit
    /// How often it is told that nothing is new, so that silence means something.
    private let silence: Duration
    /// Pages that are with the brokers.
    private(set) var pages = 0
    private var nextProgress = ContinuousClock.now
    private var standing = Standing()
    private var toldAt = ContinuousClock.now
    private var hasStarted = false

    init(
        _ lease: Lease,
        producer: Producer,
        namespace: TopicNamespace,
        source: String,
        credit: Credit,
        silence: Duration = .seconds(20)
    ) {
        self.lease = lease
        self.producer = producer
        self.namespace = namespace
        self.source = source
        self.credit = credit
        self.silence = silence
    }

    /// Says that the run begins, or goes on with this holder, unless it has said so.
    func start() async throws {
        guard !hasStarted else { return }
        hasStarted = true
        try await producer.send([record(RunStarted(lease.run)), progress(Standing())])
        nextProgress = .now + Self.progressInterval
    }

    /// Ends runs that this one has overtaken, in the log, as the writer may have begun them.
    func endOvertaken() async throws {
        let deleted = RunAborted(RunFailure.deleted)
        try await producer.send(
            try lease.overtaken.flatMap { run in
                [try record(RunStarted(run), of: run.subject), try record(deleted, of: run.subject)]
            }
        )
    }

    /// Says now and then that the run is worked on, for as long as the task is not cancelled.
    ///
    /// - Throws: `KafkaError` where that does not arrive. Whoever waits for the writer's credit then waits in vain, while
    ///   another one may reach the brokers.
    func beat() async throws -> Never {
        while true {
            try await Task.sleep(for: silence / 4)
            guard ContinuousClock.now - toldAt >= silence else { continue }
            try await say(standing)
        }
    }

    /// Sends pages, as many at a time as the writer's credit allows.
    ///
    /// - Throws: `KafkaError`, ``Credit/RunIsOver``, ``Credit/NoWord``.
    func send(_ pages: [Page]) async throws {
        var rest = pages[...]
        while !rest.isEmpty {
            let room = min(try await credit.room(after: self.pages), Self.batchLimit)
            try await producer.send(
                try rest.prefix(room).enumerated().map { try record($1, number: self.pages + $0 + 1) }
            )
            self.pages += min(room, rest.count)
            Self.sentPages.increment(by: min(room, rest.count))
            rest = rest.dropFirst(room)
        }
    }

    /// Tells how far the run has come, unless that was told just now.
    func tell(_ standing: Standing) async throws {
        guard ContinuousClock.now >= nextProgress else { return }
        nextProgress = .now + Self.progressInterval
        try await say(standing)
    }

    private func say(_ standing: Standing) async throws {
        self.standing = standing
        toldAt = .now
        try await producer.send([progress(standing)])
    }

    /// Ends the run: all was read that could be.
    func end(_ manifest: FetchManifest) async throws {
        let standing = Standing(
            departmentsRead: manifest.departmentsRead,
            departmentsExpected: manifest.departmentsExpected,
            usersSeen: manifest.distinctUsers
        )
        try await producer.send([progress(standing), record(RunFetched(manifest: manifest))])
    }

    /// Ends the run before all was read.
    func abort(_ failure: RunFailure) async throws {
        try await start()
        try await producer.send([record(RunAborted(failure))])
    }

    private func record(_ page: Page, number: Int) throws -> OutgoingRecord {
        switch page {
        case .departments(let list): try record(DepartmentPage(page: number, departments: list))
        case .users(let list, let origin):
            try record(UserPage(page: number, mappingNumber: lease.run.terms.mapping, users: list, origin: origin))
        case .unchanged(let pages):
            try record(UnchangedPages(page: number, mappingNumber: lease.run.terms.mapping, pages: pages))
        }
    }

    private func progress(_ standing: Standing) throws -> OutgoingRecord {
        let progress = StageProgress(
            stage: .fetcher,
            pages: pages,
            departmentsRead: standing.departmentsRead,
            departmentsExpected: standing.departmentsExpected,
            usersSeen: standing.usersSeen
        )
        return try record(progress, to: TopicCatalogue.progress)
    }

    private func record(
        _ message: some Message,
        of subject: RunSubject? = nil,
        to topic: Topic = TopicCatalogue.wecomRecords
    ) throws -> OutgoingRecord {
        let envelope = (subject ?? lease.run.subject)
            .envelope(type(of: message).type, source: source, fence: lease.fence)
        return try OutgoingRecord(message, envelope: envelope, to: topic, in: namespace)
    }
}

extension RunStarted {
    fileprivate init(_ run: QueuedRun) {
        self.init(
            kind: run.kind,
            target: run.target,
            selection: run.selection,
            isDryRun: run.isDryRun,
            plan: run.plan,
            terms: run.terms,
            requestedAt: run.requestedAt
        )
    }
}

extension RunAborted {
    init(_ failure: RunFailure) {
        self.init(
            outcome: failure.outcome,
            reason: failure.reason,
            cause: failure.cause,
            errorCode: failure.errorCode
        )
    }
}
