/// Returns once `condition` holds; looks again and again, every 20 ms.
///
/// How soon it holds is up to how busy the machine is, and no test's matter: it is waited for as long as it may be.
///
/// - Throws: ``NotInTime`` when it does not hold within two minutes, and whatever `condition` throws.
public func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let limit = Duration.seconds(120)
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

    /// For loops that cannot use ``eventually(_:_:)``.
    public init(what: String, limit: Duration) {
        self.what = what
        self.limit = limit
    }

    /// What was waited for, and how long.
    public var description: String { "not within \(limit): \(what)" }
}
