import Messages

/// A count of distinct things and the order-free sum of their digests.
struct Tally: Equatable {
    private(set) var count = 0
    private(set) var digest = ContentDigest.zero

    mutating func add(_ key: ContentDigest) {
        count += 1
        digest = digest &+ key
    }
}
