import Synchronization

/// How fast an address is answered that is refused again and again: at a pace of its own, so that whoever shows codes or
/// enterprise IDs by the thousand does not have the processor that others log on with.
///
/// Nobody is refused for it but who sends more than an address can have waiting, and an address whose requests mostly
/// succeed never comes under it. Counted by each instance for itself, and forgotten within two minutes.
final class AddressPace: Sendable {
    /// Refusals that an address may have at once; one more a second is forgiven.
    static let tolerance = 60.0
    /// Above that no more are remembered, so that nobody waits much longer than they were at it.
    static let mostRemembered = 2 * tolerance
    /// From the beginning of one answer to the next one's.
    static let interval = Duration.milliseconds(10)
    /// How long a request may stand in line.
    static let patience = Duration.seconds(2)
    /// How many addresses are remembered.
    static let mostAddresses = 10_000

    private struct Standing {
        var refusals: Double
        var since: ContinuousClock.Instant
        /// When the next request may be answered.
        var turn: ContinuousClock.Instant

        /// How many are not forgiven yet.
        func refusals(at now: ContinuousClock.Instant) -> Double { max(refusals - (now - since) / .seconds(1), 0) }
    }

    private let standings = Mutex<[VisitorAddress: Standing]>([:])

    /// What comes of a request.
    enum Turn: Equatable {
        /// It is answered at once.
        case now
        /// It waits until then.
        case at(ContinuousClock.Instant)
        /// As many as may wait do so already.
        case never
    }

    /// When the next request of an address is answered.
    func turn(of address: VisitorAddress, at now: ContinuousClock.Instant = .now) -> Turn {
        standings.withLock { standings in
            guard var standing = standings[address], standing.refusals(at: now) > Self.tolerance else { return .now }
            let turn = max(standing.turn, now)
            guard turn - now <= Self.patience else { return .never }
            standing.turn = turn + Self.interval
            standings[address] = standing
            return turn > now ? .at(turn) : .now
        }
    }

    /// Remembers that a request was refused.
    func refused(_ address: VisitorAddress, at now: ContinuousClock.Instant = .now) {
        standings.withLock { standings in
            if standings[address] == nil, standings.count >= Self.mostAddresses { Self.forget(&standings, at: now) }
            var standing = standings[address] ?? Standing(refusals: 0, since: now, turn: now)
            standing.refusals = min(standing.refusals(at: now) + 1, Self.mostRemembered)
            standing.since = now
            standings[address] = standing
        }
    }

    /// Makes room: for half as many, and of those with the fewest refusals last.
    private static func forget(
        _ standings: inout [VisitorAddress: Standing],
        at now: ContinuousClock.Instant
    ) {
        let ranked = standings.map { (address: $0.key, standing: $0.value, refusals: $0.value.refusals(at: now)) }
            .sorted { $0.refusals > $1.refusals }
        standings = Dictionary(
            uniqueKeysWithValues: ranked.prefix(mostAddresses / 2).map { ($0.address, $0.standing) }
        )
    }
}
