import Messages
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(1)))
struct RemovalGateTests {
    /// A run over four people and two departments, of which it has seen one each.
    func run(_ kind: RunSync.Kind = .full) -> ActiveRun {
        let users = ["ann", "bob", "cid"].map { (digest($0), stored()) }
        var run = activeRun(
            kind: kind,
            users: Dictionary(users + [(digest("old"), stored(isRemoved: true))]) { $1 },
            departments: [1: stored(), 2: stored(), 3: stored(isRemoved: true)]
        )
        _ = run.judge(person("ann"), key: digest("ann"))
        _ = run.judge(department(1))
        return run
    }

    @Test("who was not seen is gone; who was gone before is not counted again")
    func gone() {
        let gate = RemovalGate(run(), limits: SafetyLimits())
        #expect(gate.users == [digest("bob"), digest("cid")])
        #expect(gate.departments == [2])
        #expect(gate.heldBecause == nil)
    }

    @Test("a person whose record was rejected is not gone")
    func rejected() {
        var run = run()
        run.judge(rejected: digest("bob"))
        run.judge(rejectedDepartment: 2)
        #expect(RemovalGate(run, limits: SafetyLimits()).users == [digest("cid")])
        #expect(RemovalGate(run, limits: SafetyLimits()).departments.isEmpty)
    }

    @Test("a person who is new is not gone, nor one who was rejected without ever being stored")
    func new() {
        var run = run()
        _ = run.judge(person("dot"), key: digest("dot"))
        run.judge(rejected: digest("eve"))
        #expect(RemovalGate(run, limits: SafetyLimits()).users == [digest("bob"), digest("cid")])
    }

    @Test("a run of the departments removes no people")
    func departmentsOnly() {
        let gate = RemovalGate(run(.departments), limits: SafetyLimits(maximumRemovedUsers: 0))
        #expect(gate.users.isEmpty)
        #expect(gate.departments == [2])
        #expect(gate.heldBecause == nil)
    }

    @Test("more removals than the limit are held, as many are not")
    func number() {
        let held = RemovalGate(run(), limits: SafetyLimits(maximumRemovedUsers: 1)).heldBecause
        #expect(held == "2 people would be removed, more than the limit of 1.")
        #expect(RemovalGate(run(), limits: SafetyLimits(maximumRemovedUsers: 2)).heldBecause == nil)
    }

    @Test("a larger part than the limit is held, of those who are there")
    func percent() {
        let held = RemovalGate(run(), limits: SafetyLimits(maximumRemovedUsersPercent: 66)).heldBecause
        #expect(held == "2 of 3 people would be removed, more than the limit of 66 percent.")
        #expect(RemovalGate(run(), limits: SafetyLimits(maximumRemovedUsersPercent: 67)).heldBecause == nil)
    }

    @Test("exactly as large a part as the limit is not held")
    func exactPercent() {
        var run = activeRun(users: Dictionary(uniqueKeysWithValues: (0..<4).map { (digest("u\($0)"), stored()) }))
        for number in 0..<3 { _ = run.judge(person("u\(number)"), key: digest("u\(number)")) }
        #expect(RemovalGate(run, limits: SafetyLimits(maximumRemovedUsersPercent: 25)).heldBecause == nil)
        #expect(RemovalGate(run, limits: SafetyLimits(maximumRemovedUsersPercent: 24)).heldBecause != nil)
    }

    @Test("people of an earlier corp are neither missed nor counted")
    func past() {
        var entry = stored(isRemoved: true)
        entry.isPast = true
        let run = activeRun(users: [digest("old"): entry, digest("ann"): stored()])
        let gate = RemovalGate(run, limits: SafetyLimits(maximumRemovedUsers: 1))
        #expect(gate.users == [digest("ann")])
        #expect(gate.heldBecause == nil)
    }
}
