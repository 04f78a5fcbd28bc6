import Messages

/// People to be written in one transaction, each once.
struct UserChanges {
    /// A person to be written: an object, as a record is large and goes from hand to hand.
    final class Change: Sendable {
        let key: DirectoryKey
        let record: UserRecord
        let action: ActiveRun.Action
        /// The extended fields that rules fill; others are cleared. `nil` where nothing is said of them.
        let attributes: [String]?

        init(key: DirectoryKey, record: UserRecord, action: ActiveRun.Action, attributes: [String]? = nil) {
            self.key = key
            self.record = record
            self.action = action
            self.attributes = attributes
        }
    }

    /// In the order in which they came.
    private(set) var list: [Change] = []
    /// Where each stands in the list, by the digest of the key.
    private var positions = DigestTable<Int>(placeholder: 0)

    /// Takes all of them out, so that they can be added to in place.
    mutating func take() -> UserChanges {
        defer { self = UserChanges() }
        return self
    }

    /// - Parameter attributes: The extended fields that rules fill.
    mutating func add(
        _ record: UserRecord,
        _ action: ActiveRun.Action,
        key: DirectoryKey,
        digest: ContentDigest,
        attributes: [String]? = nil
    ) {
        if let position = positions.updateValue(list.count, forKey: digest) {
            positions.updateValue(position, forKey: digest)
            list[position] = list[position].followed(by: record, action, attributes)
        } else {
            list.append(Change(key: key, record: record, action: action, attributes: attributes))
        }
    }
}

extension UserChanges.Change {
    /// The person came once more in the same transaction: the last record counts, but for what it does not
    /// tell, as if it had come in a transaction of its own; a new person stays new.
    fileprivate func followed(
        by next: UserRecord,
        _ action: ActiveRun.Action,
        _ attributes: [String]?
    ) -> UserChanges.Change {
        var merged = next
        merged.openUserID = next.openUserID ?? record.openUserID
        merged.username = next.username ?? record.username
        merged.displayName = next.displayName ?? record.displayName
        merged.email = next.email ?? record.email
        merged.mobile = next.mobile ?? record.mobile
        merged.telephone = next.telephone ?? record.telephone
        merged.title = next.title ?? record.title
        merged.alias = next.alias ?? record.alias
        merged.gender = next.gender ?? record.gender
        merged.employeeNumber = next.employeeNumber ?? record.employeeNumber
        merged.avatar = next.avatar ?? record.avatar
        merged.address = next.address ?? record.address
        merged.manager = next.manager ?? record.manager
        merged.department = next.department ?? record.department
        merged.locale = next.locale ?? record.locale
        merged.status = next.status ?? record.status
        merged.mainDepartment = next.mainDepartment ?? record.mainDepartment
        merged.memberships = next.memberships ?? record.memberships
        merged.leaders = next.leaders ?? record.leaders
        merged.attributes = record.attributes.merging(next.attributes) { $1 }
        return UserChanges.Change(
            key: key,
            record: merged,
            action: self.action.followed(by: action),
            attributes: attributes ?? self.attributes
        )
    }
}
