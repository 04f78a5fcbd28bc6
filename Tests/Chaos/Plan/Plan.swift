import SuiteTesting

/// The rounds of an attack: the same ones for the same seed, tenants, copies and kinds.
struct Plan: Sendable {
    let seed: UInt64
    let tenants: Int
    let copies: Int
    let kinds: [FaultKind]
    /// How long a fault lasts at most, in milliseconds; only those of long attacks last for minutes.
    let longest: Int

    /// Faults of other kinds that join those whose turn it is, at most.
    private static let company = 5...10
    /// Kinds whose turn it is in one round.
    private static let turns = 2
    /// One in so many rounds is of a single fault.
    private static let lonely = 4
    /// One in so many faults befalls all copies of a service.
    private static let whole = 4
    /// One in so many faults lasts long.
    private static let long = 6
    private static let work = 7_000...11_000
    /// What a round begins with begins in this time.
    private static let beginnings = 0...5_000
    /// While something lasts, another fault comes this often, in milliseconds.
    private static let pace = 2_000

    /// A round, by its number from 1.
    func round(_ number: Int) -> Round {
        var random = SeededGenerator(seed: seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
        let work = Int.random(in: Self.work, using: &random)
        var kinds = turn(of: number)
        if number % Self.lonely == 0 {
            kinds = Array(kinds.prefix(1))
        } else {
            for _ in 0..<Int.random(in: Self.company, using: &random) { kinds.append(kind(&random)) }
        }
        let faults = kinds.map { fault($0, during: Self.beginnings, mayLast: true, &random) }
        return Round(
            number: number,
            seed: random.next(),
            tenants: tenants,
            copies: copies,
            work: work,
            faults: filled(Self.inTurns(faults), &random)
        )
    }

    private func kind(_ random: inout SeededGenerator) -> FaultKind {
        kinds[Int.random(in: kinds.indices, using: &random)]
    }

    /// Others come while some last long; not what would have to wait for these.
    private func filled(_ faults: [Fault], _ random: inout SeededGenerator) -> [Fault] {
        var faults = faults
        let end = faults.map(\.end).max() ?? 0
        guard end > 2 * Self.pace else { return faults }
        for begin in stride(from: Self.pace, to: end - Self.pace, by: Self.pace) {
            let next = fault(kind(&random), during: begin...(begin + Self.pace), mayLast: false, &random)
            let isFree = faults.allSatisfy { !$0.meets(next) }
            if isFree, next.end <= end { faults.append(next) }
        }
        return faults.sorted { $0.begin < $1.begin }
    }

    /// The kinds come up one after the other, in an order that is drawn anew each time all have been.
    private func turn(of number: Int) -> [FaultKind] {
        let before = number - 1
        return (0..<min(Self.turns, kinds.count)).map { place in
            let dealt = before * Self.turns - before / Self.lonely + place
            var random = SeededGenerator(seed: seed ^ UInt64(dealt / kinds.count) &* 0xD134_2543_DE82_EF95)
            return kinds.shuffled(using: &random)[dealt % kinds.count]
        }
    }

    private func fault(
        _ kind: FaultKind,
        during beginnings: ClosedRange<Int>,
        mayLast: Bool,
        _ random: inout SeededGenerator
    ) -> Fault {
        let service = kind.victims.randomElement(using: &random)
        let one = Int.random(in: 1...copies, using: &random)
        let isWhole = Int.random(in: 0..<Self.whole, using: &random) == 0 && kind.canBefallAll
        let copy = isWhole ? 0 : one
        let tenant = Int.random(in: 0..<tenants, using: &random)
        var lasting = Int.random(in: kind.usualTimes, using: &random)
        let isLong = Int.random(in: 0..<Self.long, using: &random) == 0
        let longer = Int.random(in: 10_000...180_000, using: &random)
        if isLong, mayLast, kind.canLast { lasting = min(longer, max(lasting, longest)) }
        return Fault(
            kind: kind,
            victim: service.map { Victim(service: $0, copy: copy) },
            tenant: kind.hasTenant ? tenant : nil,
            begin: Int.random(in: beginnings, using: &random),
            lasting: lasting,
            seed: random.next()
        )
    }

    /// What befalls the same process, or the same server, does so one after the other.
    static func inTurns(_ faults: [Fault]) -> [Fault] {
        var (free, ordered): ([String: Int], [Fault]) = ([:], [])
        for var fault in faults.sorted(by: { $0.begin < $1.begin }) {
            fault.begin = max(fault.begin, fault.places.map { free[$0] ?? 0 }.max() ?? 0)
            for place in fault.places { free[place] = fault.end + Fault.pause }
            ordered.append(fault)
        }
        return ordered
    }
}

extension Fault {
    /// The time between two faults that need the same.
    fileprivate static let pause = 500

    /// Whether both need the same at the same time.
    fileprivate func meets(_ other: Fault) -> Bool {
        begin <= other.end + Self.pause && other.begin <= end + Self.pause
            && !Set(places).isDisjoint(with: other.places)
    }

    /// What it needs for itself alone.
    fileprivate var places: [String] {
        switch kind {
        case .databaseStop, .disk: ["PostgreSQL"]
        case .brokerStop: ["the broker"]
        case .poison: [kind.rawValue]
        // Groups and topics are changed at the broker, and all copies of the service are stopped.
        case .groups, .topics: ["the broker"] + copies(of: Self.most)
        case .locks: ["PostgreSQL"] + copies(of: Self.most)
        case .echo: ["the broker"]
        // Which copy it is, is known once there is a run.
        case .takeover: ["the broker", "PostgreSQL"] + Self.copies(of: .fetcher, Self.most)
        case .events: ["events"]
        case .closing, .settings: ["settings of \(tenant ?? 0)"]
        case .range: ["range of \(tenant ?? 0)"]
        case .wecom, .moves, .deletion, .reconnection: []
        default: victim?.copy == 0 ? copies(of: Self.most) : [victim?.description ?? ""]
        }
    }

    /// More copies than an attack can have.
    private static let most = 9

    private func copies(of count: Int) -> [String] {
        victim.map { Self.copies(of: $0.service, count) } ?? []
    }

    private static func copies(of service: Victim.Service, _ count: Int) -> [String] {
        (1...count).map { Victim(service: service, copy: $0).description }
    }
}
