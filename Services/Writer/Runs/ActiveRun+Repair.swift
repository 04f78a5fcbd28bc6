import Messages

/// Which records a repair compares with the rows, as their hashes say nothing of what is there.
extension ActiveRun {
    /// People whose rows should be what their records say, and of whom the run has seen nothing yet: what it has written
    /// itself may not be there.
    ///
    /// - Parameter fields: What the rules fill.
    func unproven(_ records: [UserRecord], _ fields: MappedFields?) -> [UserChanges.Change] {
        let governance = fields.map { FieldGovernance($0) }
        func change(_ record: UserRecord, _ key: DirectoryKey) -> UserChanges.Change {
            UserChanges.Change(
                key: key,
                record: governance?.governing(record) ?? record,
                action: .update(.updated),
                attributes: governance?.attributes
            )
        }
        var met: Set<ContentDigest> = []
        return records.compactMap { record in
            let key = terms.userIDCase.key(of: record.externalID)
            guard let known = index.users[key.digest], known.isComparable, met.insert(key.digest).inserted else {
                return nil
            }
            switch known.contentHash {
            case record.contentHash: return change(record, key)
            case record.hashKeepingAccess: return change(record.keepingAccess(record.hashKeepingAccess), key)
            default: return nil
            }
        }
    }

    /// As ``unproven(_:_:)``, of departments.
    func unproven(_ records: [DepartmentRecord]) -> [SourceSegment.DepartmentChange] {
        var met: Set<Int64> = []
        return records.compactMap { record in
            guard let known = index.departments[record.externalID], known.isComparable,
                known.contentHash == record.contentHash, met.insert(record.externalID).inserted
            else { return nil }
            return .init(record: record, action: .update(.updated))
        }
    }

    /// What is known of these says nothing: whatever record comes, it is written.
    mutating func distrust(_ objects: [DirectoryObject]) {
        for object in objects {
            switch object.kind {
            case .user:
                let key = ContentDigest(of: object.externalID)
                guard var entry = index.users[key] else { continue }
                entry.contentHash = .zero
                index.set(user: key, entry)
            case .department:
                guard let id = object.departmentID, var entry = index.departments[id] else { continue }
                entry.contentHash = .zero
                index.set(department: id, entry)
            }
        }
    }
}

extension SourceIndex.Entry {
    /// Whether there is a row that a record of the object says all of.
    fileprivate var isComparable: Bool { isStored && !isRemoved && !isPast && verdict == nil }
}
