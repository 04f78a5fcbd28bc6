import Messages

/// The distinct people of a run, over all of its holders.
struct SeenUsers: Sendable {
    private var keys = DigestTable(placeholder: false)
    /// The sum of the digests of their keys.
    private(set) var digest = Digest128.zero

    var count: Int { keys.count }

    mutating func add(_ key: Digest128) {
        if keys.updateValue(true, forKey: key) == nil { digest = digest &+ key }
    }

    mutating func add(_ keys: [Digest128]) {
        for key in keys { add(key) }
    }

    func contains(_ key: Digest128) -> Bool { keys[key] != nil }
}
