import Messages
import Testing

@testable import Writer

@Suite struct PageArrivalsTests {
    /// What came of pages, each with the number of its slice and how many there are.
    func arrivals(_ pages: [(Int, Int, Int)]) -> PageArrivals {
        var arrivals = PageArrivals()
        for (page, slice, count) in pages {
            _ = arrivals.note(page, count == 1 ? nil : PageSlice(number: slice, count: count))
        }
        return arrivals
    }

    @Test("a page is there when its last slice is")
    func slices() {
        let half = arrivals([(1, 1, 1), (2, 1, 3), (2, 2, 3)])
        #expect(half.last == 1)
        #expect(!half.hasGap)
        let whole = arrivals([(1, 1, 1), (2, 1, 3), (2, 2, 3), (2, 3, 3), (3, 1, 1)])
        #expect(whole.last == 3)
        #expect(!whole.hasGap)
    }

    @Test("a slice that never came leaves a gap, and so does a page")
    func gaps() {
        #expect(arrivals([(1, 1, 3), (1, 3, 3)]).hasGap)
        #expect(arrivals([(1, 2, 2)]).hasGap)
        #expect(arrivals([(1, 1, 2), (2, 1, 1)]).hasGap)
        #expect(arrivals([(2, 1, 1)]).hasGap)
    }

    @Test("slices that come again change nothing")
    func again() {
        let once = arrivals([(1, 1, 2), (1, 2, 2), (2, 1, 2)])
        #expect(arrivals([(1, 1, 2), (1, 1, 2), (1, 2, 2), (1, 1, 2), (1, 2, 2), (2, 1, 2), (2, 1, 2)]) == once)
        #expect(!once.isNew(1, PageSlice(number: 2, count: 2)))
        #expect(!once.isNew(2, PageSlice(number: 1, count: 2)))
        #expect(once.isNew(2, PageSlice(number: 2, count: 2)))
    }

    @Test("the content of a page is that of all its slices, and of none where one is missing or somebody was rejected")
    func content() {
        let part = { (number: Int) in ContentDigest(of: "\(number)") }
        func whole(_ numbers: [Int], isWhole: Bool = true) -> ContentDigest? {
            var (arrivals, last): (PageArrivals, ContentDigest?) = (PageArrivals(), nil)
            for number in numbers {
                let slice = PageSlice(number: number, count: 3)
                last = arrivals.note(1, slice, content: part(number), isWhole: isWhole || number != 1)
            }
            return last
        }
        #expect(whole([1, 2, 3]) == part(1) &+ part(2) &+ part(3))
        #expect(whole([1, 3]) == nil)
        #expect(whole([1, 2]) == nil)
        #expect(whole([1, 2, 3], isWhole: false) == nil)
    }
}
