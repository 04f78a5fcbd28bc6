import Messages

/// Which pages of a run's holder have arrived, each whole or slice by slice.
struct PageArrivals: Equatable {
    /// The last page that is there.
    private(set) var last = 0
    /// Whether a page, or a slice of one, never came.
    private(set) var hasGap = false
    private var sliced: Sliced?

    /// A page of which slices are still to come.
    private struct Sliced: Equatable {
        let page: Int
        /// The last slice that came.
        let slice: Int
        /// What the slices' people became, summed up.
        let content: ContentDigest
        /// Whether every slice came, and nobody of them was rejected.
        let isWhole: Bool
    }

    /// Whether the page or slice is none that came before, or was overtaken by later ones: what it says is older than
    /// theirs, and of what comes again nothing is new.
    func isNew(_ page: Int, _ slice: PageSlice?) -> Bool {
        guard page > last else { return false }
        guard let slice, let sliced, sliced.page == page else { return true }
        return slice.number > sliced.slice
    }

    /// Notes a page, or a slice of one; a page is there when its last slice is. One that comes again changes nothing.
    ///
    /// - Parameters:
    ///   - content: What its people became, summed up.
    ///   - isWhole: Whether nobody of it was rejected.
    /// - Returns: The content of the page, once all of it is there and nobody was rejected.
    mutating func note(
        _ page: Int,
        _ slice: PageSlice? = nil,
        content: ContentDigest = .zero,
        isWhole: Bool = true
    ) -> ContentDigest? {
        guard isNew(page, slice) else { return nil }
        let before = slice == nil || sliced?.page != page ? nil : sliced
        let isNext = (slice?.number ?? 1) == (before?.slice ?? 0) + 1
        if page > last + 1 || !isNext { hasGap = true }
        let content = (before?.content ?? .zero) &+ content
        let isWhole = isWhole && isNext && before?.isWhole ?? true
        if let slice, !slice.isLast {
            sliced = Sliced(page: page, slice: slice.number, content: content, isWhole: isWhole)
            return nil
        }
        (last, sliced) = (page, nil)
        return isWhole ? content : nil
    }
}
