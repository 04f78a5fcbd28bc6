import Testing

@testable import Fetcher

@Suite
struct WindowTests {
    private let start = ContinuousClock.now

    @Test("as long as the writer's pace is not known, the window is moderate, and never above the limit")
    func beginning() {
        #expect(Window(most: 512, delay: .milliseconds(400)).pages(at: start) == 256)
        #expect(Window(most: 3, delay: .milliseconds(400)).pages(at: start) == 3)
    }

    @Test("the window is what the writer applies in the given time")
    func pace() {
        var window = Window(most: 512, delay: .milliseconds(400))
        for second in 0...4 { window.note(applied: 1_000 * second, at: start + .seconds(second)) }
        #expect(window.pages(at: start + .seconds(8)) == 400)
    }

    @Test("a pace that is known for less than half a second changes nothing")
    func tooEarly() {
        var window = Window(most: 512, delay: .milliseconds(400))
        window.note(applied: 0, at: start)
        window.note(applied: 10, at: start + .milliseconds(499))
        #expect(window.pages(at: start + .seconds(8)) == 256)
    }

    @Test("a slow writer closes the window, but not below what keeps all stages busy")
    func slow() {
        var window = Window(most: 512, delay: .milliseconds(400))
        for second in 0...4 { window.note(applied: second, at: start + .seconds(second)) }
        #expect(window.pages(at: start + .seconds(4)) == 32)
    }

    @Test("a limit below what keeps all stages busy holds all the same")
    func smallLimit() {
        var window = Window(most: 3, delay: .milliseconds(400))
        for second in 0...4 { window.note(applied: second, at: start + .seconds(second)) }
        #expect(window.pages(at: start + .seconds(8)) == 3)
    }

    @Test("a fast writer opens the window up to its limit")
    func fast() {
        var window = Window(most: 512, delay: .milliseconds(400))
        for second in 0...4 { window.note(applied: 100_000 * second, at: start + .seconds(second)) }
        #expect(window.pages(at: start + .seconds(8)) == 512)
    }

    @Test("what the writer did more than two seconds ago is forgotten")
    func recovery() {
        var window = Window(most: 512, delay: .milliseconds(400))
        for second in 0...4 { window.note(applied: second, at: start + .seconds(second)) }
        for second in 5...8 { window.note(applied: 1_000 * second, at: start + .seconds(second)) }
        #expect(window.pages(at: start + .seconds(8)) == 400)
    }

    @Test("while others come behind, a quarter of the time is left, until two seconds after the last of them")
    func yielding() {
        var window = Window(most: 512, delay: .milliseconds(400))
        for second in 0...4 { window.note(applied: 1_000 * second, at: start + .seconds(second)) }
        window.noteOther(at: start + .seconds(4))
        #expect(window.pages(at: start + .seconds(4)) == 100)
        #expect(window.pages(at: start + .milliseconds(5_999)) == 100)
        #expect(window.pages(at: start + .seconds(6)) == 400)
    }
}
