/// Returns once `condition` holds; looks again and again, every 20 ms.
///
/// - Parameter limit: How long at most. Given only where that is what the product promises: anything else takes as long
///   as a busy machine does.
/// - Throws: ``NotInTime`` when it does not hold within `limit`, and whatever `condition` throws.
public func eventually(
    within limit: Duration = .seconds(120),
    _ what: String,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
        if try await condition() { return }
        guard ContinuousClock.now < deadline else { throw NotInTime(what: what, limit: limit) }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// What a test waited for did not come true.
public struct NotInTime: Error, CustomStringConvertible {
    /// What was waited for.
    public let what: String
    /// How long.
    public let limit: Duration

    /// For loops that cannot use ``eventually(within:_:_:)``.
    public init(what: String, limit: Duration) {
        self.what = what
        self.limit = limit
    }

    /// What was waited for, and how long.
    public var description: String { "not within \(limit): \(what)" }
}
