import Messages

/// Copies of one person that say otherwise in one run: WeCom shows the person in several departments, and was changed in
/// between, or contradicts itself for good.
///
/// The last one counts. One that lost to what the directory has in the run before is postponed: if the other comes, too,
/// nothing has changed, so that a lasting contradiction is not written in turn with each run; if not, it counts.
struct Copies {
    /// A copy that waits for another one.
    struct Postponed {
        let key: DirectoryKey
        let record: UserRecord
    }

    /// The content of those that were met in this run, of people with several.
    private(set) var met: [DirectoryKey: Set<ContentDigest>] = [:]
    private(set) var postponed: [ContentDigest: Postponed] = [:]

    mutating func note(_ key: DirectoryKey, _ contents: ContentDigest...) {
        met[key, default: []].formUnion(contents)
    }

    mutating func postpone(_ record: UserRecord, _ key: DirectoryKey) {
        postponed[key.digest] = Postponed(key: key, record: record)
    }

    /// No other copy has come.
    mutating func forget(_ key: DirectoryKey) { met[key] = nil }

    /// Another copy has come: the postponed one is dropped.
    ///
    /// - Returns: What the postponed one says; `nil` where there was none.
    mutating func drop(_ digest: ContentDigest) -> ContentDigest? {
        guard !postponed.isEmpty else { return nil }
        return postponed.removeValue(forKey: digest)?.record.contentHash
    }

    /// Takes out those to which no other has come.
    mutating func takePostponed() -> [Postponed] {
        defer { postponed = [:] }
        return postponed.values.sorted { $0.key.text < $1.key.text }
    }
}
