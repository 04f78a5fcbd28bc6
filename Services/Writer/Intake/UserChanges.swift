import Messages

/// People to be written in one transaction, each once.
struct UserChanges {
    /// A person to be written.
    struct Change {
        let key: DirectoryKey
        var record: UserRecord
        var action: ActiveRun.Action
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

    mutating func add(_ record: UserRecord, _ action: ActiveRun.Action, key: DirectoryKey, digest: Digest128) {
        if let position = positions.updateValue(list.count, forKey: digest) {
            positions.updateValue(position, forKey: digest)
            list[position].merge(record, action)
        } else {
            list.append(Change(key: key, record: record, action: action))
        }
    }
}

extension UserChanges.Change {
    /// The person came once more in the same transaction: the last record counts, but for what it does not
    /// tell, as if it had come in a transaction of its own; a new person stays new.
    fileprivate mutating func merge(_ record: UserRecord, _ action: ActiveRun.Action) {
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
