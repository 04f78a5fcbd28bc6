extension SQL {
    /// The condition that a lease has run out, or ends later than any does: then it was taken while the database's clock
    /// was fast, and holds nobody up now that the clock is right.
    ///
    /// - Parameters:
    ///   - end: The column with the lease's end: `l.expires_at`.
    ///   - length: How long a lease holds from each renewal; other versions may hold it for twice as long.
    public static func isOver(_ end: SQL, ofLeasesFor length: Duration) -> SQL {
        let latest = length * 2 + .seconds(60)
        return """
            (\(end) < clock_timestamp()
                or \(end) > clock_timestamp() + make_interval(secs => \(latest / .seconds(1))))
            """
    }
}
