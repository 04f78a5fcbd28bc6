import JSONCoding

/// Gathers objects, byte for byte, into arrays of bounded size: what one message carries.
struct PageCutter {
    /// Bytes of a page as a rule; Kafka takes messages of 1 MB.
    static let pageLimit = 400_000
    /// Bytes of an object that is a page of its own, at most.
    static let objectLimit = 900_000

    private let limit: Int
    /// Those that take no more objects.
    private(set) var pages: [RawJSON] = []
    private var page: [UInt8] = []

    init(limit: Int = pageLimit) { self.limit = limit }

    /// Adds an object, unless it is too large for any message.
    mutating func add(_ object: ArraySlice<UInt8>) -> Bool {
        guard object.count <= Self.objectLimit else { return false }
        if !page.isEmpty, page.count + object.count + 2 > limit { close() }
        page.append(page.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
        page.append(contentsOf: object)
        return true
    }

    /// The pages; none where nothing was added.
    consuming func finish() -> [RawJSON] {
        if !page.isEmpty { close() }
        return pages
    }

    private mutating func close() {
        page.append(UInt8(ascii: "]"))
        pages.append(RawJSON(bytes: page))
        page = []
    }
}
