import Messages
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)))
struct JudgingTests {
    let ann = person("ann", name: "Ann")
    let key = digest("ann")

    @Test("who is not stored is created, the same is left alone, another content updates")
    func actions() {
        var run = activeRun(users: [digest("bob"): stored(person("bob").contentHash), digest("cid"): stored()])
        #expect(run.judge(ann, key: key) == .create)
        #expect(run.judge(person("bob"), key: digest("bob")) == .nothing)
        #expect(run.judge(person("cid"), key: digest("cid")) == .update(.updated))
        #expect(run.counts.users == RunCounts.Objects(seen: 3, created: 1, updated: 1, unchanged: 1))
    }

    @Test("who is back is restored, though nothing else changed")
    func restored() {
        var run = activeRun(users: [key: stored(ann.contentHash, isRemoved: true)])
        #expect(run.judge(ann, key: key) == .update(.restored))
        #expect(run.counts.users == RunCounts.Objects(seen: 1, updated: 1, known: 0))
    }

    @Test("a change of the status says that it disables or restores")
    func status() {
        var run = activeRun(users: [key: stored()])
        #expect(run.judge(person("ann", status: .disabled), key: key) == .update(.disabled))
        #expect(run.judge(person("ann", status: .notActivated), key: key) == .update(.restored))
    }

    @Test("of whom somebody decided that they keep access, they do, as often as they are shown, and count once")
    func spared() {
        var entry = stored()
        entry.isSpared = true
        var run = activeRun(users: [key: entry])
        let disabled = person("ann", name: "Ann", status: .disabled)
        #expect(run.judge(disabled, key: key) == .withhold)
        #expect(run.judge(disabled, key: key) == .withhold)
        #expect(run.counts.users == RunCounts.Objects(seen: 1, updated: 1))
        #expect(run.allowance == .unlimited)
        #expect(run.judge(ann, key: key) == .update(.updated))
    }

    @Test("a person whom several departments show counts once, and stays created when a later record differs")
    func duplicates() {
        var run = activeRun()
        #expect(run.judge(ann, key: key) == .create)
        #expect(run.judge(ann, key: key) == .nothing)
        #expect(run.judge(person("ann", name: "Anna"), key: key) == .update(.updated))
        #expect(run.counts.users == RunCounts.Objects(seen: 1, created: 1))
        #expect(run.users.count == 1)
        #expect(run.users.digest == key)
    }

    @Test("a rejected person is seen but not touched, and a good record afterwards replaces the rejection")
    func rejected() {
        var run = activeRun(users: [key: stored(ann.contentHash)])
        run.judge(rejected: key)
        #expect(run.counts.users == RunCounts.Objects(seen: 1, rejected: 1, known: 1))
        #expect(run.judge(ann, key: key) == .nothing)
        run.judge(rejected: key)
        #expect(run.counts.users == RunCounts.Objects(seen: 1, unchanged: 1))
    }

    @Test("what the run had written before a change of hands keeps its count")
    func written() {
        var entry = stored(ann.contentHash)
        (entry.written, entry.wasPresent) = (.created, false)
        var run = activeRun(users: [key: entry])
        run.counts.users = RunCounts.Objects(seen: 0)
        #expect(run.judge(ann, key: key) == .nothing)
        #expect(run.judge(person("ann", name: "Anna"), key: key) == .update(.updated))
        #expect(run.counts.users == RunCounts.Objects(seen: 1, created: 1))
    }

    @Test("seen is the sum of created, updated, unchanged and rejected, whatever comes", arguments: 1...200)
    func sums(seed: UInt64) {
        var random = RandomRecords(seed: seed)
        let index = random.index()
        var run = activeRun(users: index.users, departments: index.departments)
        for _ in 0..<60 {
            random.step(&run)
            for objects in [run.counts.users, run.counts.departments] {
                #expect(objects.seen == objects.created + objects.updated + objects.unchanged + objects.rejected)
                #expect(objects.addsUp)
                #expect([objects.created, objects.updated, objects.unchanged, objects.rejected].allSatisfy { $0 >= 0 })
            }
        }
        #expect(run.counts.users.seen == run.users.count)
        #expect(run.counts.departments.seen == run.departments.count)
        let known = index.users.filter { $0.value.wasPresent && run.index.sees(user: $0.key) }
        #expect(run.counts.users.known == known.count)
        #expect(run.users.count == run.index.users.dictionary.count { $0.value.verdict != nil })
        #expect(run.departments.count == run.index.departments.count { $0.value.verdict != nil })
    }

    @Test("after an undo the run and its index are exactly as before", arguments: 1...200)
    func undo(seed: UInt64) {
        var random = RandomRecords(seed: seed)
        let index = random.index()
        var run = activeRun(users: index.users, departments: index.departments)
        for _ in 0..<random.number(30) { random.step(&run) }
        run.note(page: 1)
        run.index.commit()
        let before = run
        for _ in 0..<random.number(30) { random.step(&run) }
        run.note(page: 3, PageSlice(number: 1, count: 2))
        run.refuse(page: 4, "no")
        run.handOver(to: Fence(rawValue: 2))
        run.restore(before.mark)
        #expect(run.index.users.dictionary == before.index.users.dictionary)
        #expect(run.index.departments == before.index.departments)
        #expect(run.counts == before.counts)
        #expect(run.users == before.users)
        #expect(run.departments == before.departments)
        #expect(run.fence == before.fence)
        #expect(run.arrivals == before.arrivals)
        #expect(run.refusals == before.refusals)
    }
}
