import Messages

/// The distinct people of a run, over all of its holders.
struct SeenUsers: Sendable {
    /// Takes no room beside a key.
    private struct Nothing: BitwiseCopyable {}

    private var keys = DigestTable(placeholder: Nothing())
    /// The sum of the digests of their keys.
    private(set) var digest = ContentDigest.zero

    var count: Int { keys.count }

    mutating func add(_ key: ContentDigest) {
        if keys.updateValue(Nothing(), forKey: key) == nil { digest = digest &+ key }
    }

    mutating func add(_ keys: [ContentDigest]) {
        for key in keys { add(key) }
    }

    func contains(_ key: ContentDigest) -> Bool { keys[key] != nil }
}
