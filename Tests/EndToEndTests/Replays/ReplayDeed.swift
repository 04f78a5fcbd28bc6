import SuiteTesting

/// Something by which records are told or read again, drawn from a seed.
enum ReplayDeed: Sendable, Equatable, CustomStringConvertible {
    /// `bridgectl replay` of a tenant's records.
    case replay(Replay)
    /// A service reads everything again from the beginning.
    case reset(Suite.Service)
    /// The directory is emptied, and reads its log again.
    case rebuild
    /// The principals are made anew beside those in use, and take their place.
    case exchange
    /// The writer tells everybody again, or the registry all configurations.
    case republication(ofDirectory: Bool)

    /// What is told again of one tenant.
    struct Replay: Sendable, Equatable {
        /// The tenant's number.
        var tenant: Int
        var topic: String
        var choice: Choice
        /// Decides of which run, person, department or time.
        var number: Int
    }

    /// How it is said what is told again.
    enum Choice: String, CaseIterable, Sendable { case tenant, provider, run, person, department, window }

    /// Services that are given nothing but by the topics that they read.
    private static let readers: [Suite.Service] = [.mapper, .writer, .verifier]
    fileprivate static let topics = ["wecom.records.v1", "directory.records.v1"]

    var description: String {
        switch self {
        case .replay(let replay):
            "tenant \(replay.tenant), \(replay.choice.rawValue) \(replay.number) from \(replay.topic)"
        case .reset(let service): "\(service.rawValue) reads again"
        case .rebuild: "the directory is rebuilt"
        case .exchange: "the principals are rebuilt"
        case .republication(let ofDirectory):
            ofDirectory ? "the directory is told again" : "configurations are told again"
        }
    }
}

extension ReplayDeed {
    /// So many deeds; each dozen has seven replays, two resets, both rebuilds and a republication in any order.
    static func drawn(_ count: Int, tenants: Int, seed: UInt64) -> [ReplayDeed] {
        var random = SeededGenerator(seed: seed)
        var deeds: [ReplayDeed] = []
        while deeds.count < count {
            var dozen: [ReplayDeed] = [.rebuild, .exchange, .republication(ofDirectory: Bool.random(using: &random))]
            for _ in 0..<2 { dozen.append(.reset(readers.randomElement(using: &random) ?? .writer)) }
            for _ in 0..<7 { dozen.append(.replay(Replay(among: tenants, using: &random))) }
            deeds += dozen.shuffled(using: &random)
        }
        return Array(deeds.prefix(count))
    }
}

extension ReplayDeed.Replay {
    fileprivate init(among tenants: Int, using random: inout SeededGenerator) {
        tenant = Int.random(in: 0..<tenants, using: &random)
        topic = ReplayDeed.topics.randomElement(using: &random) ?? ""
        choice = ReplayDeed.Choice.allCases.randomElement(using: &random) ?? .provider
        number = Int.random(in: 0..<1_000, using: &random)
    }
}
