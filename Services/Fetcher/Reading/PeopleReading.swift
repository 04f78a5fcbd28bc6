import Messages
import WeCom

/// Reads the people of a run's departments, several departments at once, and sends them on.
///
/// One batch is on its way to the brokers at a time; what comes from WeCom meanwhile is the next one. What was read is
/// remembered in the checkpoint once its pages are with the brokers, much at a time.
struct PeopleReading {
    let people: PeopleSource
    let sender: RunSender
    let checkpoints: CheckpointStore
    let lease: Lease
    /// Calls to WeCom at once.
    let concurrency: Int
    /// What pages may take until they are sent.
    let memory: PageMemory
    /// Whether the run still makes sense.
    let check: @Sendable () throws -> Void

    /// Pages, or rows of the checkpoint, that wait to be sent or remembered, before WeCom is asked for no more.
    private static let pendingLimit = (pages: 64, rows: 512)
    /// Rows without pages that wait for others like them, so that they go together.
    private static let gatheringLimit = 128
    /// Rows of what is with the brokers that wait to be remembered together while more is sent; after a crash it is read
    /// again.
    private static let rememberingLimit = 64

    private enum Event: Sendable {
        /// - Parameter known: What had been answered when it was asked for.
        case read(PeopleSource.Answer, known: Int)
        case mustWait(RunMustWait)
        /// - Parameter bytes: Of its pages.
        case sent(Checkpoint, bytes: Int)
        case remembered
    }

    /// What goes to the brokers together.
    private struct Batch {
        var pages: [RunSender.Page] = []
        var unchanged = UnchangedGathering()
        /// What of the run it is.
        var part = Checkpoint()

        var isEmpty: Bool { pages.isEmpty && part.isEmpty }

        /// Whether it is worth a message.
        var isDue: Bool {
            !pages.isEmpty || unchanged.isFull || part.count >= PeopleReading.gatheringLimit
        }

        var size: Int { pages.reduce(0) { $0 + $1.size } }
    }

    private struct Work {
        var units: ArraySlice<PeopleSource.Unit>
        var room: PageRoom
        var reading = 0
        var isSending = false
        var pending = Batch()
        /// What is with the brokers, and the checkpoint does not have.
        var sent = Checkpoint()
        var isRemembering = false
        /// Units that WeCom answered, if only by a refusal.
        var answered = 0
        /// Calls of which nothing came back, nor of any other meanwhile.
        var failuresInRow = 0
        /// WeCom gives nothing more for now; what was read is sent and remembered.
        private(set) var end: (any Error)?

        /// Repetitions end late: a unit that WeCom does not answer says nothing where others were answered meanwhile.
        mutating func count(_ answer: PeopleSource.Answer, _ known: Int) {
            let isAlone = known == answered
            if answer.wasAnswered {
                answered += 1
                failuresInRow = 0
            }
            if isAlone { failuresInRow += answer.unansweredInRow }
        }

        mutating func stop(_ reason: any Error) {
            end = reason
            units = []
        }

        /// What to ask for next, if there is room for it.
        mutating func nextUnit(atOnce limit: Int) -> PeopleSource.Unit? {
            guard reading < limit, hasRoom, let unit = units.popFirst() else { return nil }
            reading += 1
            room.expect()
            return unit
        }

        private var hasRoom: Bool {
            let limit = PeopleReading.pendingLimit
            return room.isFree && pending.pages.count < limit.pages && pending.part.count + sent.count < limit.rows
        }

        /// What to send next, if nothing is on its way.
        mutating func nextBatch() -> Batch? {
            let isLast = reading == 0 && units.isEmpty
            guard !isSending, pending.isDue || isLast && !pending.isEmpty else { return nil }
            isSending = true
            defer { pending = Batch() }
            return pending
        }

        /// What to remember next, if it is worth a transaction.
        mutating func nextRemembered() -> Checkpoint? {
            guard !isRemembering, !sent.isEmpty, !isSending || sent.count >= PeopleReading.rememberingLimit else {
                return nil
            }
            isRemembering = true
            defer { sent = Checkpoint() }
            return sent
        }
    }

    /// Reads all of `units`, and counts them in `manifest`; what WeCom answers otherwise than before is noted in
    /// `pages`.
    ///
    /// - Throws: ``RunFailure`` when WeCom does not allow it; ``RunMustWait`` and ``WeComUnreachable`` once all that was read
    ///   is remembered; what sending and remembering throw.
    func read(
        _ units: [PeopleSource.Unit],
        into manifest: inout ManifestBuilder,
        _ pages: inout PageSetUpdate
    ) async throws {
        try await withThrowingTaskGroup(of: Event.self) { group in
            var work = Work(units: units[...], room: PageRoom(in: memory))
            defer { work.room.close() }
            while true {
                while let unit = work.nextUnit(atOnce: concurrency) {
                    group.addTask { [known = work.answered] in
                        do {
                            return .read(try await people.read(unit), known: known)
                        } catch let wait as RunMustWait {
                            return .mustWait(wait)
                        }
                    }
                }
                if let batch = work.nextBatch() {
                    group.addTask { [standing = manifest.standing] in try await send(batch, standing) }
                }
                if let part = work.nextRemembered() {
                    group.addTask {
                        try await checkpoints.save(part, under: lease)
                        return .remembered
                    }
                }
                guard let event = try await group.next() else {
                    if let end = work.end { throw end }
                    return
                }
                switch event {
                case .sent(let part, let bytes):
                    work.isSending = false
                    work.room.free(bytes)
                    work.sent += part
                case .remembered: work.isRemembering = false
                case .mustWait(let wait):
                    work.reading -= 1
                    work.room.giveUp()
                    work.stop(wait)
                case .read(let answer, let known):
                    try take(answer, known, &work, &manifest)
                    if let department = answer.department?.department { pages.changed[department] = answer.changed }
                }
            }
        }
    }

    private func take(
        _ answer: PeopleSource.Answer,
        _ known: Int,
        _ work: inout Work,
        _ manifest: inout ManifestBuilder
    ) throws {
        try check()
        work.reading -= 1
        work.count(answer, known)
        if work.failuresInRow >= WeComUnreachable.callsInRow, let error = answer.error {
            work.stop(error.consequence)
        }
        if let wait = answer.wait { work.stop(wait) }
        work.room.take(answer.pages.reduce(0) { $0 + $1.size })
        work.pending.pages += answer.pages
        work.pending.unchanged.add(answer.unchanged)
        if let department = answer.department {
            manifest.add(department)
            work.pending.part.departments.append(department)
        }
        manifest.add(people: answer.keys)
        manifest.add(gone: answer.people.count { !$0.isPresent })
        work.pending.part.people += answer.people
        for reason in answer.shortcomings { manifest.note(reason) }
        for notice in answer.notices { manifest.tell(notice) }
        if let department = answer.unread { manifest.note(unread: department) }
    }

    private func send(_ batch: Batch, _ standing: RunSender.Standing) async throws -> Event {
        // In the order in which they were read, as far as that is known: who is in both is changed later.
        try await sender.send(batch.unchanged.messages.map { .unchanged($0) } + batch.pages)
        try await sender.tell(standing)
        return .sent(batch.part, bytes: batch.size)
    }
}
