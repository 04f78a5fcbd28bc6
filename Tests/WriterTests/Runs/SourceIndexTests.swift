import Messages
import Testing

@testable import Writer

/// Who and what is missing, by the index.
@Suite(.timeLimit(.minutes(5)))
struct SourceIndexTests {
    /// A run over four people and three departments, of which it has seen one each.
    func run() -> ActiveRun {
        let users = ["ann", "bob", "cid"].map { (digest($0), stored()) }
        var run = activeRun(
            users: Dictionary(users + [(digest("old"), stored(isRemoved: true))]) { $1 },
            departments: [1: stored(), 2: stored(), 3: stored(isRemoved: true)]
        )
        _ = run.judge(person("ann"), key: digest("ann"))
        _ = run.judge(department(1))
        return run
    }

    func missing(_ run: ActiveRun) -> Set<ContentDigest> {
        Set(run.index.users.dictionary.filter(\.value.isMissing).keys)
    }

    @Test("who was not seen is missing; who was removed before is not")
    func missing() {
        #expect(missing(run()) == [digest("bob"), digest("cid")])
        #expect(run().index.hasMissingUsers)
        #expect(run().index.missingDepartments == [2])
    }

    @Test("a person whose record was rejected is not missing")
    func rejected() {
        var run = run()
        run.judge(rejected: digest("bob"))
        run.judge(rejectedDepartment: 2)
        #expect(missing(run) == [digest("cid")])
        #expect(run.index.missingDepartments.isEmpty)
    }

    @Test("a person who is new is not missing, nor one who was rejected without ever being stored")
    func new() {
        var run = run()
        _ = run.judge(person("dot"), key: digest("dot"))
        run.judge(rejected: digest("eve"))
        #expect(missing(run) == [digest("bob"), digest("cid")])
        for name in ["bob", "cid"] { _ = run.judge(person(name), key: digest(name)) }
        #expect(!run.index.hasMissingUsers)
    }

    @Test("people of an earlier corp are neither missing nor known")
    func past() {
        var entry = stored(isRemoved: true)
        entry.isPast = true
        var run = activeRun(users: [digest("old"): entry, digest("ann"): stored()])
        #expect(missing(run) == [digest("ann")])
        _ = run.judge(person("old"), key: digest("old"))
        #expect(run.counts.users == RunCounts.Objects(seen: 1, created: 1))
    }
}
