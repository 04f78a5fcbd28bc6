import Messages

/// Which page of people, of an identity provider.
struct PageID: Codable, Hashable, Comparable {
    let department: Int64
    let part: Int

    init(department: Int64, part: Int) {
        self.department = department
        self.part = part
    }

    init(_ origin: PageOrigin) { self.init(department: origin.department, part: origin.part) }

    static func < (one: PageID, other: PageID) -> Bool {
        (one.department, one.part) < (other.department, other.part)
    }
}

/// What a page of people became when it last travelled: a row of `directory.pages`.
///
/// It is true whatever became of the people since: whether the directory still holds the page is found by summing
/// up again.
struct StoredPage: Codable, Equatable {
    /// The digest of what WeCom answered.
    let digest: ContentDigest
    /// The mapping that it was mapped by.
    let mapping: ContentDigest
    /// The sum of ``part(key:contentHash:)`` over the page's people.
    let content: ContentDigest
    /// The keys of its people whom the filter leaves out.
    var filtered: [ContentDigest] = []

    /// What a person adds to a page's content.
    static func part(key: ContentDigest, contentHash: ContentDigest) -> ContentDigest {
        ContentDigest(of: key, contentHash)
    }

    /// Those of the page's people who are to be in the directory.
    func taken(of people: [ContentDigest]) -> [ContentDigest] {
        if filtered.isEmpty { return people }
        let filtered = Set(filtered)
        return people.filter { !filtered.contains($0) }
    }
}
