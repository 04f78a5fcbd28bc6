import Messages
import Postgres

/// What a part of a run does to the directory, in the transaction that takes it in.
struct PartWriting {
    let publishing: ChangePublishing
    let identityProvider: IdentityProviderID
    let envelope: Envelope
    /// For how long it is kept what objects were.
    let historyDays: Int
    /// The part; once it is carried out, with the run's counts, and with its end if it is over.
    private(set) var source: SourceSegment
    private(set) var announcement: Announcement
    /// What has become of a run of which all has arrived, or that was answered.
    private(set) var result: CompletionWriting.Result?

    init(
        publishing: ChangePublishing,
        identityProvider: IdentityProviderID,
        envelope: Envelope,
        historyDays: Int,
        source: SourceSegment
    ) {
        self.publishing = publishing
        self.identityProvider = identityProvider
        self.envelope = envelope
        self.historyDays = historyDays
        self.source = source
        announcement = Announcement(
            source.run.terms.generation,
            source.run.terms.userIDCase,
            tellsContacts: source.run.tellsContacts
        )
    }

    /// Writes rows; what is told of them waits for ``tell(on:)``.
    ///
    /// - Throws: ``PostgresError``.
    mutating func carryOut(on connection: isolated Connection) throws {
        if let beginning = source.beginning, beginning.removesPast {
            try removePast(at: beginning.time, on: connection)
        }
        try writeRecords(on: connection)
        if let ending = source.ending, ending.removals == .everybody {
            try removeEverybody(ending, on: connection)
        }
        result = try makeResult(on: connection)
        if let result {
            source.counts = result.counts
            source.ending = result.end.map { SourceSegment.Ending(time: source.time, end: $0) }
        }
        if source.ending != nil { source.counts = source.counts.concluded }
    }

    /// Writes down what was done to which object, and publishes it.
    ///
    /// - Throws: ``PostgresError``.
    func tell(on connection: isolated Connection) throws {
        try RunObjectRows.write(announcement.objects, source, of: identityProvider, on: connection)
        try publishing.publish(announcement, from: envelope, on: connection)
    }

    /// Removes the people of earlier corps, if there are any; with them goes whoever was missing there.
    ///
    /// - Throws: ``PostgresError``.
    mutating func removePast(at time: Timestamp, on connection: isolated Connection) throws {
        let past = try removePeople(before: source.run.terms.generation, at: time, on: connection)
        guard !past.isEmpty else { return }
        announcement.note(removed: past)
        try MissingRows.deleteAll(of: identityProvider, on: connection)
    }

    /// What comes of a run of which all has arrived, or of an answer to what it asked for; `nil` where it is neither.
    private mutating func makeResult(on connection: isolated Connection) throws -> CompletionWriting.Result? {
        if let completion = source.completion {
            return try CompletionWriting(
                publishing: publishing,
                identityProvider: identityProvider,
                source: source,
                completion: completion,
                envelope: envelope,
                historyDays: historyDays
            ).write(announcing: &announcement, on: connection)
        }
        guard let findings = source.findings else { return nil }
        return try FindingsWriting(
            publishing: publishing,
            identityProvider: identityProvider,
            source: source,
            answers: findings
        ).write(announcing: &announcement, on: connection)
    }

    private mutating func removeEverybody(
        _ ending: SourceSegment.Ending,
        on connection: isolated Connection
    ) throws {
        let id = identityProvider
        // The terms of what is deleted know neither the corps nor how their ids are compared.
        let all = Generation(rawValue: .max)
        let people = try removePeople(before: all, at: ending.time, on: connection)
        announcement.note(removed: people)
        source.counts.users.miss(people.count)
        source.counts.users.removed += people.count
        try connection.run("update users set is_kept = false where idp_id = \(id.uuid) and is_kept")
        let departments = try Removing.removeDepartments(nil, from: id, at: ending.time, on: connection)
        announcement.add(departments)
        source.counts.departments.miss(departments.count)
        source.counts.departments.removed += departments.count
        if !departments.isEmpty { try PageWriting.tidy(id, on: connection) }
    }

    /// The people of earlier corps go when a run of a newer one begins, or with everybody, and are told of as theirs.
    ///
    /// - Returns: Who went.
    private func removePeople(
        before generation: Generation,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.UserChange] {
        let past = try Removing.removePast(
            before: generation,
            from: identityProvider,
            at: time,
            on: connection
        )
        for (generation, users) in past.sorted(by: { $0.key < $1.key }) {
            var announcement = Announcement(generation, source.before.userIDCase)
            announcement.add(users)
            try publishing.publish(announcement, from: envelope, on: connection)
        }
        return past.values.flatMap(\.self)
    }

    private mutating func writeRecords(on connection: isolated Connection) throws {
        let id = identityProvider
        announcement.add(
            try DepartmentWriting.write(Array(source.departments.values), of: id, in: source, on: connection)
        )
        try UserWriting.write(source.users.list, of: id, in: source, announcing: &announcement, on: connection)
        try noteLosses(on: connection)
        try PageWriting.write(source.pages, of: id, on: connection)
    }

    /// Limits look back at who was disabled in WeCom; who has access again counts no longer.
    private func noteLosses(on connection: isolated Connection) throws {
        let id = identityProvider
        try Losses.note(source.users.list, of: id, at: source.run.requestedAt, on: connection)
        let departments = source.departments.values.filter { $0.action == .update(.restored) }
        try Losses.forget(.department, departments.map { String($0.record.externalID) }, of: id, on: connection)
    }
}
