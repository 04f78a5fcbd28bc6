import Testing

@testable import Fetcher

@Suite
struct WindowTests {
    private let start = ContinuousClock.now

    @Test("as long as the writer's pace is not known, the window is moderate, and never above the limit")
    func beginning() {
        #expect(Window(most: 512, delay: .seconds(1)).pages == 256)
        #expect(Window(most: 3, delay: .seconds(1)).pages == 3)
    }

    @Test("the window is what the writer applies in the given time")
    func pace() {
        var window = Window(most: 512, delay: .milliseconds(400))
        for second in 0...4 { window.note(applied: 1_000 * second, at: start + .seconds(second)) }
        #expect(window.pages == 400)
    }

    @Test("a pace that is known for less than half a second changes nothing")
    func tooEarly() {
        var window = Window(most: 512, delay: .milliseconds(400))
        window.note(applied: 0, at: start)
        window.note(applied: 10, at: start + .milliseconds(499))
        #expect(window.pages == 256)
    }

    @Test("a slow writer closes the window, but not below what keeps all stages busy")
    func slow() {
        var window = Window(most: 512, delay: .milliseconds(400))
        for second in 0...4 { window.note(applied: second, at: start + .seconds(second)) }
        #expect(window.pages == 64)
    }

    @Test("a limit below what keeps all stages busy holds all the same")
    func smallLimit() {
        var window = Window(most: 3, delay: .milliseconds(400))
        for second in 0...4 { window.note(applied: second, at: start + .seconds(second)) }
        #expect(window.pages == 3)
    }

    @Test("a fast writer opens the window up to its limit")
    func fast() {
        var window = Window(most: 512, delay: .milliseconds(400))
        for second in 0...4 { window.note(applied: 100_000 * second, at: start + .seconds(second)) }
        #expect(window.pages == 512)
    }

    @Test("what the writer did more than two seconds ago is forgotten")
    func recovery() {
        var window = Window(most: 512, delay: .milliseconds(400))
        for second in 0...4 { window.note(applied: second, at: start + .seconds(second)) }
        for second in 5...8 { window.note(applied: 1_000 * second, at: start + .seconds(second)) }
        #expect(window.pages == 400)
    }
}
