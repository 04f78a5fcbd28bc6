import Messages

/// How pages that do not travel are proven to be in the directory (architecture.md §3).
extension ActiveRun {
    /// Notes what a page that travelled became.
    ///
    /// - Returns: Whether that is new.
    mutating func note(_ page: StoredPage, as id: PageID) -> Bool {
        guard index.pages[id] != page else { return false }
        index.set(page: id, page)
        return true
    }

    /// Sees the people of a page that WeCom has not changed, if the directory holds exactly what the page became;
    /// nobody, if that is not proven.
    ///
    /// - Parameters:
    ///   - mapping: The mapping that would apply now.
    ///   - isReplay: Whether the database has taken the message already. Then the row that proved it is still there,
    ///     while its people may have changed since; a row that proved nothing is gone.
    mutating func judge(unchanged page: UnchangedPages.Page, mapping: ContentDigest?, isReplay: Bool) -> Bool {
        let id = PageID(page.origin)
        guard !isDryRun, let stored = index.pages[id], stored.digest == page.origin.digest, stored.mapping == mapping,
            let content = content(of: stored.taken(of: page.users.digests)), isReplay || content == stored.content
        else {
            unproven.insert(id)
            return false
        }
        for key in stored.taken(of: page.users.digests) { judge(unchanged: key) }
        for key in stored.filtered { judge(filtered: key) }
        return true
    }

    /// What the directory holds of these people, summed up; `nil` unless it holds all of them.
    private func content(of keys: [ContentDigest]) -> ContentDigest? {
        var content = ContentDigest.zero
        for key in keys {
            guard let known = index.users[key], known.isStored, !known.isRemoved else { return nil }
            content = content &+ StoredPage.part(key: key, contentHash: known.contentHash)
        }
        return content
    }
}
