/// No session lives on for longer than a second once its person may not log on.
struct SessionCheck {
    /// What "at once" may take.
    static let grace = Duration.seconds(1)

    private var firstSeen: [String: ContinuousClock.Instant] = [:]

    /// - Parameters:
    ///   - ids: Live sessions of people who may not log on.
    ///   - asked: When they were asked for.
    /// - Returns: Those that were among them a second ago, too.
    mutating func look(at ids: [String], asked: ContinuousClock.Instant) -> [String] {
        let living = Set(ids)
        firstSeen = firstSeen.filter { living.contains($0.key) }
        for id in living where firstSeen[id] == nil { firstSeen[id] = asked }
        return firstSeen.filter { asked - $0.value > Self.grace }.keys.sorted()
    }
}
