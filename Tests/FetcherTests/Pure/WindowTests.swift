import Testing

@testable import Fetcher

@Suite
struct WindowTests {
    private let start = ContinuousClock.now

    /// A window of 0.4 s whose writer has applied so many pages in each of four seconds.
    private func window(most: Int = 512, applying pages: Int) -> Window {
        var window = Window(most: most, delay: .milliseconds(400))
        for second in 0...4 { window.note(applied: pages * second, at: start + .seconds(second)) }
        return window
    }

    @Test("as long as the writer's pace is not known, the window is moderate, and never above the limit")
    func beginning() {
        #expect(Window(most: 512, delay: .milliseconds(400)).pages(at: start) == 256)
        #expect(Window(most: 3, delay: .milliseconds(400)).pages(at: start) == 3)
    }

    @Test("the window is what the writer applies in the given time")
    func pace() {
        #expect(window(applying: 1_000).pages(at: start + .seconds(4)) == 400)
    }

    @Test("a pace that is known for less than half a second changes nothing")
    func tooEarly() {
        var window = Window(most: 512, delay: .milliseconds(400))
        window.note(applied: 0, at: start)
        window.note(applied: 10, at: start + .milliseconds(499))
        #expect(window.pages(at: start + .seconds(8)) == 256)
    }

    @Test("a slow writer closes the window, but for 32 pages")
    func slow() {
        #expect(window(applying: 1).pages(at: start + .seconds(4)) == 32)
    }

    @Test("a limit of fewer pages than that holds all the same")
    func smallLimit() {
        #expect(window(most: 3, applying: 1).pages(at: start + .seconds(4)) == 3)
    }

    @Test("a fast writer opens the window up to its limit")
    func fast() {
        #expect(window(applying: 100_000).pages(at: start + .seconds(4)) == 512)
    }

    @Test("what the writer did more than two seconds ago is forgotten")
    func recovery() {
        var window = window(applying: 1)
        for second in 5...8 { window.note(applied: 1_000 * second, at: start + .seconds(second)) }
        #expect(window.pages(at: start + .seconds(8)) == 400)
    }

    @Test("while others come behind, a quarter of the time is left, until two seconds after the last of them")
    func yielding() {
        var window = window(applying: 1_000)
        window.noteOther(at: start + .seconds(4))
        #expect(window.pages(at: start + .seconds(4)) == 100)
        #expect(window.pages(at: start + .milliseconds(5_999)) == 100)
        #expect(window.pages(at: start + .seconds(6)) == 400)
    }
}
