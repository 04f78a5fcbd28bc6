import Kafka
import Messages
import Pipeline

@testable import Writer

/// A partition of `directory.records.v1`, as a mapper would write it.
struct RunLog {
    static let partition = TopicPartition(topic: TopicCatalogue.directoryRecords.name, partition: 0)

    /// Which partition it is.
    var place = RunLog.partition
    private(set) var records: [Record] = []

    /// One run of an identity provider, under one holder.
    struct Run {
        let source: Source
        var id = RunID.make()
        var epoch: Int64 = 1
        var fence: Int64 = 1
        var kind = RunSync.Kind.full
        var isDryRun = false
        /// The number of the run whose plan it carries out.
        var plan: Int64?
        /// The source's own, if none.
        var terms: RunTerms?
        var target: RunTarget?
        var selection: HeldSelection?
        /// Days from the first run's time to this one's; seconds by its epoch, if none.
        var day: Double?
        /// When its messages are written; when the test runs, if none.
        var sentAt: Timestamp?

        /// The time that the run's rows carry.
        var time: Timestamp {
            let time = day.map { Int64($0 * 86_400_000) } ?? epoch * 1_000
            return Timestamp(millisecondsSince1970: 1_700_000_000_000 + time)
        }
    }

    /// The offset of the next record.
    var end: Int64 { Int64(records.count) }

    mutating func append(_ message: some Message, of run: Run) throws {
        let envelope = Envelope(
            type: RunStarted.type,
            source: "test",
            tenant: run.source.tenant,
            identityProvider: run.source.id,
            run: run.id,
            position: RunPosition(epoch: Epoch(rawValue: run.epoch), fence: Fence(rawValue: run.fence)),
            time: run.sentAt ?? .now
        )
        let record = try OutgoingRecord(message, envelope: envelope, to: TopicCatalogue.directoryRecords, in: .none)
        append(key: record.key, value: record.value, headers: record.headers)
    }

    /// Appends what no mapper writes.
    mutating func append(key: String?, value: [UInt8]?, headers: [Header]) {
        let position = Position(topic: place.topic, partition: place.partition, offset: end)
        records.append(
            Record(position: position, key: key.map { Array($0.utf8) }, value: value, headers: headers, timestamp: 0)
        )
    }

    /// Has the last record say something else.
    mutating func replaceLast(with value: [UInt8], headers: [Header]) {
        let last = records.removeLast()
        append(key: last.key.map { String(decoding: $0, as: UTF8.self) }, value: value, headers: headers)
    }

    mutating func start(_ run: Run) throws {
        try append(
            RunStarted(
                kind: run.kind,
                target: run.target,
                selection: run.selection,
                isDryRun: run.isDryRun,
                plan: run.plan.map(Epoch.init(rawValue:)),
                terms: run.terms ?? run.source.terms,
                requestedAt: run.time
            ),
            of: run
        )
    }

    /// A whole run: departments on the first page, people on the second, and its manifest.
    ///
    /// - Parameter gone: Those of whom WeCom says, when asked, that they are not there.
    mutating func append(
        _ run: Run,
        departments: [DepartmentRecord] = [department(1, "All")],
        users: [UserRecord],
        fields: MappedFields? = nil,
        manifest other: FetchManifest? = nil,
        gone: [DirectoryObject] = []
    ) throws {
        try start(run)
        try append(DepartmentBatch(page: 1, departments: departments), of: run)
        let isFull = run.kind.readsEverything
        if isFull { try append(UserBatch(page: 2, users: users, fields: fields), of: run) }
        let said = manifest(
            departments.map(\.externalID),
            isFull ? Set(users.map(\.externalID)).sorted() : [],
            pages: isFull ? 2 : 1
        )
        try append(RunMapped(manifest: other ?? said), of: run)
        if !gone.isEmpty { try answer(run, absent: gone) }
    }

    /// A run that carries out a decision about what is held.
    mutating func decide(_ run: Run, range: ContentDigest = .zero, gone: [DirectoryObject] = []) throws {
        try start(run)
        var said = manifest([], [], pages: 0)
        said.visibleRangeHash = range
        try append(RunMapped(manifest: said), of: run)
        if !gone.isEmpty { try answer(run, absent: gone, range: range) }
    }

    /// What WeCom says of whom a run missed, as one batch of answers.
    ///
    /// - Parameters:
    ///   - code: By what WeCom does not say whether those are there of whom it does not.
    ///   - inScope: Whether those who are present lie in the scope, as far as WeCom says.
    mutating func answer(
        _ run: Run,
        absent: [DirectoryObject] = [],
        present: [UserRecord] = [],
        filtered: [String] = [],
        presentDepartments: [DepartmentRecord] = [],
        unknown: [DirectoryObject] = [],
        code: Int = -1,
        refused: [DirectoryObject] = [],
        witnesses: [Finding.Answer] = [.present, .present],
        inScope: Bool? = nil,
        range: ContentDigest? = .zero,
        batch: Int = 1,
        of batches: Int = 1,
        sampled: [DirectoryObject.Kind] = []
    ) throws {
        let shown = (present.map(\.externalID) + filtered).map { DirectoryObject.user($0) }
        let shownDepartments = presentDepartments.map { DirectoryObject.department($0.externalID) }
        let findings =
            (shownDepartments + shown).map { Finding($0, .present, isInScope: inScope) }
            + absent.map { Finding($0, .absent, code: 60_111) }
            + unknown.map { Finding($0, .unknown, code: code) } + refused.map { Finding($0, .refused, code: 48_002) }
        try append(
            FindingsMapped(
                batch: batch,
                batches: batches,
                findings: findings,
                sampled: sampled,
                witnesses: witnesses.enumerated().map { Finding(.user("witness\($0)"), $1) },
                visibleRangeHash: range,
                users: present,
                departments: presentDepartments,
                filtered: filtered.isEmpty ? nil : filtered
            ),
            of: run
        )
    }

    /// A whole deletion.
    mutating func append(deletion run: Run) throws {
        var run = run
        run.kind = .delete
        try start(run)
        try append(RunMapped(manifest: manifest([], [], pages: 0)), of: run)
    }

    /// The records from an offset on, as a stage hands them over.
    func batch(_ range: Range<Int64>) -> PartitionBatch {
        PartitionBatch(
            partition: place,
            records: Array(records[Int(range.lowerBound)..<Int(range.upperBound)])
        )
    }
}

extension DirectoryIntake {
    /// Takes in the records of a log from an offset on, so many at once.
    @discardableResult
    func read(_ log: RunLog, from start: Int64 = 0, upTo end: Int64? = nil, by size: Int64 = 100) async throws
        -> [Rejection]
    {
        let end = end ?? log.end
        var rejections: [Rejection] = []
        for offset in stride(from: start, to: end, by: Int(size)) {
            rejections += try await handle(log.batch(offset..<min(offset + size, end)))
        }
        return rejections
    }

    /// Takes the partition on anew and reads on from where the database says, as a stage does after a conflict.
    func readAnew(_ log: RunLog, by size: Int64 = 100) async throws {
        var start: Int64 = 0
        if case .at(let offset) = try await assigned([AssignedPartition(RunLog.partition)])[RunLog.partition] {
            start = offset
        }
        try await read(log, from: start, by: size)
    }
}
