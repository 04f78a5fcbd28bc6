import Messages
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)))
struct ManifestCheckTests {
    /// A run that has seen department 1 and two people on two pages.
    let run: ActiveRun = {
        var run = activeRun()
        _ = run.judge(department(1))
        run.note(page: 1)
        for user in ["ann", "bob"] { _ = run.judge(person(user), key: digest(user)) }
        run.note(page: 2)
        return run
    }()

    @Test("nothing is missing where all that was read arrived")
    func complete() {
        #expect(ManifestCheck.losses(of: run, by: manifest([1], ["bob", "ann"])).isEmpty)
        #expect(ManifestCheck.shortcomings(of: run, by: manifest([1], ["bob", "ann"])).isEmpty)
    }

    @Test("the fetcher's own reasons are handed on")
    func incomplete() {
        var manifest = manifest([1], ["ann", "bob"])
        manifest.isComplete = false
        #expect(
            ManifestCheck.shortcomings(of: run, by: manifest) == ["WeCom's directory could not be read to its end."]
        )
        manifest.incompleteReasons = ["Department 7 could not be read."]
        #expect(ManifestCheck.shortcomings(of: run, by: manifest) == ["Department 7 could not be read."])
    }

    @Test("a page that did not arrive is told")
    func pages() {
        let reason = ["3 pages were read from WeCom, and not all of them arrived."]
        let manifest = manifest([1], ["ann", "bob"], pages: 3)
        #expect(ManifestCheck.losses(of: run, by: manifest) == reason)
        var gap = run
        gap.note(page: 4)
        #expect(ManifestCheck.losses(of: gap, by: manifest) == reason)
        #expect(gap.arrivals.hasGap)
    }

    @Test("pages of the holder before do not count")
    func handOver() {
        var run = run
        run.handOver(to: Fence(rawValue: 2))
        #expect(ManifestCheck.losses(of: run, by: manifest([1], ["ann", "bob"])).count == 1)
        run.note(page: 1)
        #expect(ManifestCheck.losses(of: run, by: manifest([1], ["ann", "bob"], pages: 1)).isEmpty)
    }

    @Test("departments that did not arrive are told")
    func departments() {
        let reasons = ManifestCheck.losses(of: run, by: manifest([1, 2], ["ann", "bob"]))
        #expect(reasons == ["2 departments were read from WeCom, 1 arrived."])
    }

    @Test("as many departments as were read, but others, are told")
    func otherDepartments() {
        let reasons = ManifestCheck.losses(of: run, by: manifest([2], ["ann", "bob"]))
        #expect(reasons == ["1 departments were read from WeCom, 1 arrived."])
    }

    @Test("a page that was refused concerns its department, and is not told once more as what did not arrive")
    func refused() {
        var run = run
        run.refuse(page: 3, of: 2, "It was no page.")
        let manifest = manifest([1, 2], ["ann", "bob", "cid"], pages: 3)
        #expect(ManifestCheck.losses(of: run, by: manifest).isEmpty)
        #expect(ManifestCheck.shortcomings(of: run, by: manifest) == ["It was no page."])
        #expect(run.completion(with: manifest).unreadDepartments == [2])
    }

    @Test("something refused of which nobody knows where it belongs is a loss: anybody may be missing there")
    func refusedAnywhere() {
        var run = run
        run.refuse(page: 3, "It was no page.")
        let manifest = manifest([1, 2], ["ann", "bob", "cid"], pages: 3)
        #expect(ManifestCheck.losses(of: run, by: manifest) == ["It was no page."])
        #expect(ManifestCheck.shortcomings(of: run, by: manifest).isEmpty)
        #expect(run.completion(with: manifest).hasLosses)
    }

    @Test("what a run fell short of by unit is no loss, and each unit is named once")
    func units() {
        var run = run
        var manifest = manifest([1], ["ann", "bob"])
        manifest.isComplete = false
        manifest.unreadDepartments = [1, 4]
        run.unproven = [PageID(department: 3, part: 1), PageID(department: 4, part: 0)]
        let completion = run.completion(with: manifest)
        #expect(!completion.hasLosses)
        #expect(completion.unreadDepartments == [1, 3, 4])
        #expect(completion.readDepartments.isEmpty)
        #expect(completion.reasons.count == 2)
        #expect(!completion.isBasis)
    }

    @Test("of many refusals the first ones are told, and how many more there were")
    func manyRefusals() {
        var refusals = Refusals()
        for number in 1...8 { refusals.add("\(number)", in: nil) }
        #expect(refusals.reasons == ["1", "2", "3", "4", "5", "3 more messages could not be taken in."])
    }

    @Test("people who did not arrive are told, and so are others of the same number")
    func people() {
        let reasons = ManifestCheck.losses(of: run, by: manifest([1], ["ann", "bob", "cid"]))
        #expect(reasons == ["3 people were read from WeCom, 2 arrived."])
        #expect(ManifestCheck.losses(of: run, by: manifest([1], ["ann", "cid"])).count == 1)
    }
}
