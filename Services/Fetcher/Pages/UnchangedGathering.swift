import Messages

/// Gathers pages that do not travel, into messages of bounded size.
struct UnchangedGathering: Sendable {
    /// People that a message names as a rule: some 400 KB, as other pages have. A page of its own may name a good
    /// 26,000, by 900 KB, since no page of 400 KB has more people.
    static let userLimit = 12_000

    /// What each message holds.
    private(set) var messages: [[UnchangedPages.Page]] = []
    /// People of the last message.
    private var users = 0

    /// Whether there is enough for a message.
    var isFull: Bool { messages.count > 1 || users >= Self.userLimit }

    mutating func add(_ pages: [UnchangedPages.Page]) {
        for page in pages {
            let count = page.users.digests.count
            if messages.isEmpty || users + count > Self.userLimit {
                messages.append([])
                users = 0
            }
            messages[messages.count - 1].append(page)
            users += count
        }
    }
}
