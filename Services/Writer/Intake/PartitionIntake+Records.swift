import Messages

/// How the records of a run are taken in.
extension PartitionIntake {
    mutating func take(_ batch: UserBatch, envelope: Envelope, connection: WeComConnection, isReplay: Bool) {
        let id = envelope.identityProvider
        if !isReplay { open(id, trace: envelope.trace) }
        let counts = sources[id]?.run?.counts
        for record in batch.users {
            let key = connection.key(of: record.externalID)
            let digest = key.digest
            guard let action = sources[id]?.run?.judge(record, key: digest), action != .nothing, !isReplay else {
                continue
            }
            segment.sources[id]?.users[digest, default: .init(key: key, record: record, action: action)]
                .merge(record, action)
        }
        for rejected in batch.rejected {
            guard let externalID = rejected.externalID else { continue }
            sources[id]?.run?.judge(rejected: connection.key(of: externalID).digest)
        }
        settle(id, page: batch.page, countsBefore: counts, isReplay: isReplay)
    }

    mutating func take(_ batch: DepartmentBatch, envelope: Envelope, isReplay: Bool) {
        let id = envelope.identityProvider
        if !isReplay { open(id, trace: envelope.trace) }
        let counts = sources[id]?.run?.counts
        for record in batch.departments {
            guard let action = sources[id]?.run?.judge(record), action != .nothing, !isReplay else { continue }
            segment.sources[id]?.departments[record.externalID, default: .init(record: record, action: action)]
                .merge(record, action)
        }
        for rejected in batch.rejected {
            guard let number = rejected.externalID.flatMap({ Int64($0) }) else { continue }
            sources[id]?.run?.judge(rejectedDepartment: number)
        }
        settle(id, page: batch.page, countsBefore: counts, isReplay: isReplay)
    }

    /// Notes the page. What is only seen again was counted before.
    private mutating func settle(_ id: IdentityProviderID, page: Int, countsBefore: RunCounts?, isReplay: Bool) {
        sources[id]?.run?.note(page: page)
        if isReplay {
            if let countsBefore { sources[id]?.run?.counts = countsBefore }
            sources[id]?.run?.index.commit()
        } else if let counts = sources[id]?.run?.counts {
            segment.sources[id]?.counts = counts
        }
    }
}

extension SourceSegment.UserChange {
    /// The person came once more in the same transaction: the last record counts, a new person stays new.
    mutating func merge(_ record: UserRecord, _ action: ActiveRun.Action) {
        self.record = record
        if self.action != .create { self.action = action }
    }
}

extension SourceSegment.DepartmentChange {
    /// The department came once more in the same transaction.
    mutating func merge(_ record: DepartmentRecord, _ action: ActiveRun.Action) {
        self.record = record
        if self.action != .create { self.action = action }
    }
}
