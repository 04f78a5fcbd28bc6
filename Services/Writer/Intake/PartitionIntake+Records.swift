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
    /// The person came once more in the same transaction: the last record counts, but for what it does not
    /// tell, as if it had come in a transaction of its own; a new person stays new.
    mutating func merge(_ record: UserRecord, _ action: ActiveRun.Action) {
        let earlier = self.record
        self.record = record
        self.record.username = record.username ?? earlier.username
        self.record.displayName = record.displayName ?? earlier.displayName
        self.record.email = record.email ?? earlier.email
        self.record.mobile = record.mobile ?? earlier.mobile
        self.record.telephone = record.telephone ?? earlier.telephone
        self.record.title = record.title ?? earlier.title
        self.record.alias = record.alias ?? earlier.alias
        self.record.attributes = earlier.attributes.merging(record.attributes) { $1 }
        self.action = self.action.followed(by: action)
    }
}

extension SourceSegment.DepartmentChange {
    /// The department came once more in the same transaction.
    mutating func merge(_ record: DepartmentRecord, _ action: ActiveRun.Action) {
        let earlier = self.record
        self.record = record
        self.record.name = record.name ?? earlier.name
        self.record.englishName = record.englishName ?? earlier.englishName
        self.action = self.action.followed(by: action)
    }
}

extension ActiveRun.Action {
    /// What both come to: a new object stays new, and a change says less than a return or a removal.
    fileprivate func followed(by next: Self) -> Self {
        self == .create || next == .update(.updated) ? self : next
    }
}
