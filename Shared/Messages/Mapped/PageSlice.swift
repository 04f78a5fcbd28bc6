/// Which part of a page a message holds, where the mapped page is too large for one message.
public struct PageSlice: Codable, Equatable, Sendable {
    /// Its number, from 1.
    public var number: Int
    /// How many there are of the page.
    public var count: Int

    /// - Parameters:
    ///   - number: Its number, from 1.
    ///   - count: How many there are of the page.
    public init(number: Int, count: Int) {
        self.number = number
        self.count = count
    }

    /// Whether the page is whole once all slices up to this one are there.
    public var isLast: Bool { number == count }
}
