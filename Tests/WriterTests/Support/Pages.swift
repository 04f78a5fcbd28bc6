import Messages

@testable import Writer

extension StoredPage {
    /// What a page of these people became.
    init(of people: [UserRecord], digest: ContentDigest, mapping: ContentDigest) {
        let content = people.reduce(ContentDigest.zero) { sum, person in
            sum &+ StoredPage.part(key: WriterTests.digest(person.externalID), contentHash: person.contentHash)
        }
        self.init(digest: digest, mapping: mapping, content: content)
    }
}

extension UnchangedPages.Page {
    /// A page of these people.
    static func page(_ people: [UserRecord], _ origin: PageOrigin) -> Self {
        Self(origin: origin, users: DigestList(people.map { WriterTests.digest($0.externalID) }))
    }
}

/// A department's people, as WeCom shows them.
struct Page {
    static let mapping = ContentDigest(high: 7, low: 7)

    let department: Int64
    var people: [UserRecord]
    /// Those of its people whom the filter leaves out.
    var filtered: [String] = []

    /// The digest stands for WeCom's bytes.
    var origin: PageOrigin {
        let text = people.map(\.contentHash.description).joined()
        return PageOrigin(department: department, part: 0, digest: ContentDigest(of: "\(department) \(text)"))
    }

    func batch(_ page: Int) -> UserBatch {
        UserBatch(
            page: page,
            users: people,
            origin: origin,
            mapping: Self.mapping,
            filtered: filtered.isEmpty ? nil : filtered
        )
    }

    var unchanged: UnchangedPages.Page {
        UnchangedPages.Page(origin: origin, users: DigestList(ids.map { WriterTests.digest($0) }))
    }

    var ids: [String] { people.map(\.externalID) + filtered }
}

extension RunLog {
    /// A run in which some departments' pages travel, and the others are as they were.
    mutating func append(
        _ run: Run,
        travelling: [Page],
        unchanged: [Page] = [],
        mapping: ContentDigest = Page.mapping,
        gone: [DirectoryObject] = []
    ) throws {
        try start(run)
        let departments = Set((travelling + unchanged).map(\.department)).sorted()
        try append(DepartmentBatch(page: 1, departments: departments.map { department($0) }), of: run)
        var number = 1
        for page in travelling {
            number += 1
            try append(page.batch(number), of: run)
        }
        if !unchanged.isEmpty {
            number += 1
            let pages = unchanged.map(\.unchanged)
            try append(UnchangedPages(page: number, pages: pages, mapping: mapping), of: run)
        }
        let users = Set((travelling + unchanged).flatMap(\.ids)).sorted()
        try append(RunMapped(manifest: manifest(departments, users, pages: number)), of: run)
        if !gone.isEmpty { try answer(run, absent: gone) }
    }
}
