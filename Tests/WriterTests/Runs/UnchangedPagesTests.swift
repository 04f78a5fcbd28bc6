import Messages
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)))
struct UnchangedPagesTests {
    let people = [person("ann", name: "Ann"), person("bob")]
    let id = PageID(department: 1, part: 0)
    static let mapping = ContentDigest(high: 5, low: 6)
    let origin = PageOrigin(department: 1, part: 0, digest: ContentDigest(high: 1, low: 2))

    /// A run over a directory that holds the page and nobody else.
    func run() -> ActiveRun {
        var run = activeRun(
            users: Dictionary(uniqueKeysWithValues: people.map { (digest($0.externalID), stored($0.contentHash)) })
        )
        _ = run.note(StoredPage(of: people, digest: origin.digest, mapping: Self.mapping), as: id)
        run.index.commit()
        return run
    }

    var page: UnchangedPages.Page { .page(people, origin) }

    @Test("a page that the directory holds is seen, and all of its people are unchanged")
    func proven() {
        var run = run()
        #expect(run.judge(unchanged: page, mapping: Self.mapping, isReplay: false) == true)
        #expect(run.counts.users == RunCounts.Objects(seen: 2, unchanged: 2))
        #expect(run.users.digest == digest("ann") &+ digest("bob"))
        #expect(run.unproven.isEmpty)
        #expect(!run.index.hasMissingUsers)
    }

    @Test("a person of two pages counts once, and stays updated where another page changed somebody else")
    func twice() {
        var run = run()
        let both = [person("ann", name: "Ann"), person("cid", name: "Cid")]
        #expect(run.judge(both[1], key: digest("cid")) == .create)
        _ = run.note(
            StoredPage(of: both, digest: origin.digest, mapping: Self.mapping),
            as: PageID(department: 2, part: 0)
        )
        #expect(run.judge(unchanged: page, mapping: Self.mapping, isReplay: false) == true)
        let other = UnchangedPages.Page.page(both, PageOrigin(department: 2, part: 0, digest: origin.digest))
        #expect(run.judge(unchanged: other, mapping: Self.mapping, isReplay: false) == true)
        #expect(run.counts.users == RunCounts.Objects(seen: 3, created: 1, unchanged: 2))
    }

    @Test("a page that was never taken in, or not with this content, this digest or this mapping, is not proven")
    func refused() {
        var other = origin
        other.digest = ContentDigest(high: 1, low: 3)
        expectUnproven(.page(people, other))
        other = origin
        other.part = 1
        expectUnproven(.page(people, other))
        other = origin
        other.department = 2
        expectUnproven(.page(people, other))
        expectUnproven(page, mapping: ContentDigest(high: 5, low: 7))
        expectUnproven(page, mapping: nil)
        expectUnproven(.page([people[0]], origin))
        expectUnproven(.page(people + [people[0]], origin))
        expectUnproven(.page([people[0], person("cid")], origin))
    }

    @Test("a page one of whose people was changed, removed or lost is not proven")
    func peopleChanged() {
        expectUnproven(page) { run in
            #expect(run.judge(person("ann", name: "Anna"), key: digest("ann")) == .update(.updated))
        }
        expectUnproven(page) { run in
            var entry = stored(people[1].contentHash)
            entry.isRemoved = true
            run.index.set(user: digest("bob"), entry)
        }
        expectUnproven(page) { $0.index.set(user: digest("bob"), .unknown) }
        expectUnproven(page) { $0.index.set(user: digest("bob"), stored(people[0].contentHash)) }
        // Each has the other's content: the sum of contents alone would not tell.
        expectUnproven(page) { run in
            run.index.set(user: digest("ann"), stored(people[1].contentHash))
            run.index.set(user: digest("bob"), stored(people[0].contentHash))
        }
    }

    @Test("a dry run proves nothing by pages, since it keeps none")
    func dryRun() {
        let run = run()
        var dry = ActiveRun(
            id: run.id,
            kind: .full,
            isDryRun: true,
            terms: run.terms,
            requestedAt: run.requestedAt,
            startOffset: 0,
            fence: run.fence,
            index: run.index
        )
        #expect(dry.judge(unchanged: page, mapping: Self.mapping, isReplay: false) == false)
    }

    @Test("what is seen again is judged as it was, though its people have changed since")
    func replayed() {
        var run = run()
        run.index.set(user: digest("ann"), stored(ContentDigest(high: 9, low: 9)))
        #expect(run.judge(unchanged: page, mapping: Self.mapping, isReplay: true) == true)
        #expect(run.users.count == 2)
        run.index.set(page: id, nil)
        #expect(run.judge(unchanged: page, mapping: Self.mapping, isReplay: true) == false)
        #expect(run.unproven == [id])
    }

    @Test("a run with a page that is not proven is not complete, and says so")
    func shortcoming() {
        var run = run()
        _ = run.judge(unchanged: page, mapping: nil, isReplay: false)
        let said = manifest([], ["ann", "bob"], pages: 0)
        let reason = "1 pages that WeCom had not changed could not be proven to be in the directory."
        #expect(ManifestCheck.losses(of: run, by: said).isEmpty)
        #expect(ManifestCheck.shortcomings(of: run, by: said) == [reason])
        #expect(run.completion(with: said).unreadDepartments == [1])
    }

    @Test("after an undo the pages are exactly as before", arguments: 1...100)
    func undo(seed: UInt64) {
        var random = RandomRecords(seed: seed)
        var run = run()
        func step() {
            let id = PageID(department: Int64(random.number(3)), part: random.number(2))
            let people = (0..<random.number(3)).map { _ in random.user() }
            let origin = PageOrigin(department: id.department, part: id.part, digest: origin.digest)
            switch random.number(4) {
            case 0: run.index.set(page: id, nil)
            case 1: _ = run.judge(unchanged: page, mapping: Self.mapping, isReplay: false)
            case 2: _ = run.judge(unchanged: .page(people, origin), mapping: Self.mapping, isReplay: false)
            default: _ = run.note(StoredPage(of: people, digest: origin.digest, mapping: Self.mapping), as: id)
            }
        }
        for _ in 0..<random.number(12) { step() }
        run.index.commit()
        let before = run
        for _ in 0..<random.number(12) { step() }
        run.restore(before.mark)
        #expect(run.index.pages == before.index.pages)
        #expect(run.index.users.dictionary == before.index.users.dictionary)
        #expect(run.unproven == before.unproven)
        #expect(run.counts == before.counts)
    }

    private func expectUnproven(
        _ page: UnchangedPages.Page,
        mapping: ContentDigest? = Self.mapping,
        sourceLocation: SourceLocation = #_sourceLocation,
        after change: (inout ActiveRun) -> Void = { _ in }
    ) {
        var run = run()
        change(&run)
        let before = run
        let isProven = run.judge(unchanged: page, mapping: mapping, isReplay: false)
        #expect(!isProven, sourceLocation: sourceLocation)
        #expect(run.unproven == [PageID(page.origin)], sourceLocation: sourceLocation)
        #expect(run.users == before.users, sourceLocation: sourceLocation)
        #expect(run.counts == before.counts, sourceLocation: sourceLocation)
    }
}
