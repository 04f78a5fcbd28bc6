import ArgumentParser
import SuiteTesting

/// A way in which something goes wrong.
enum FaultKind: String, CaseIterable, Codable, Sendable, ExpressibleByArgument {
    /// `kill -9` of one process, which is started again later.
    case kill
    /// SIGTERM to one process, which is started again later.
    case terminate
    /// SIGTERM to one process, which is started again at once.
    case restart
    /// SIGSTOP to one process, and SIGCONT later.
    case freeze
    /// The fetcher that has a tenant's run stands still until another has it, and is heard once more after that.
    case takeover
    /// WeCom answers one tenant otherwise than it should.
    case wecom
    /// People move and leave while a run reads them.
    case moves
    /// Events of changes come twice, late and the wrong way round, not at all, or are made up.
    case events
    /// Records that nobody can handle, on every topic.
    case poison
    /// What was said of one tenant a while ago is said once more, on every topic.
    case echo
    /// One service reads everything again from the beginning.
    case groups
    /// The connections of one process to PostgreSQL.
    case database
    /// The connections of one process to the broker.
    case broker
    /// The connections of one process to WeCom.
    case network
    /// PostgreSQL is stopped, and started later.
    case databaseStop = "database-stop"
    /// The broker is stopped, and started later.
    case brokerStop = "broker-stop"
    /// Somebody else holds a table of a service, whose copies are killed while they wait.
    case locks
    /// PostgreSQL finds no room for what is new.
    case disk
    /// One process goes by another time than all others.
    case clock
    /// A topic is lost and made anew, and its reader told so as the remedy says.
    case topics
    /// The app sees a small part of its corp for a while, and all of it later.
    case range
    /// The settings of an identity provider change, and change back.
    case settings
    /// An identity provider is deleted.
    case deletion
    /// An identity provider gets another corp behind it.
    case reconnection
    /// An identity provider is closed, and opened later.
    case closing

    /// Whether it can befall all copies of a service at once.
    var canBefallAll: Bool { [.kill, .terminate, .freeze, .database, .broker, .network].contains(self) }

    /// The services that it can befall.
    var victims: [Victim.Service] {
        switch self {
        case .kill, .terminate, .restart, .freeze, .groups, .broker, .clock, .topics: Victim.Service.allCases
        case .database, .locks: Victim.Service.allCases.filter { $0 != .mapper }
        case .network: [.registry, .fetcher, .verifier]
        default: []
        }
    }

    /// Whether it befalls one tenant.
    var hasTenant: Bool {
        [.wecom, .moves, .events, .range, .echo, .takeover, .closing, .settings].contains(self)
    }

    /// Whether it keeps no service from hearing, deciding or telling anything.
    var concernsTenants: Bool {
        [.wecom, .moves, .events, .range, .echo, .closing, .settings, .deletion, .reconnection].contains(self)
    }

    /// For how long, in milliseconds.
    var usualTimes: ClosedRange<Int> {
        switch self {
        case .kill, .terminate: 100...4_000
        case .restart, .poison: 0...0
        // It takes about as long, whatever is drawn.
        case .groups, .topics: 6_000...9_000
        case .echo: 500...1_500
        case .takeover: 12_000...16_000
        case .freeze: 300...9_000
        case .wecom, .moves, .events: 2_000...8_000
        case .deletion, .reconnection: 0...1_500
        case .database, .broker, .network: 500...8_000
        case .databaseStop, .brokerStop: 500...5_000
        case .disk: 1_000...6_000
        case .locks: 3_000...7_000
        case .clock: 2_000...8_000
        case .settings: 1_000...5_000
        case .range: 4_000...9_000
        case .closing: 1_500...6_000
        }
    }

    /// Whether it can last for minutes in a long attack.
    var canLast: Bool { [.freeze, .database, .broker, .network, .databaseStop, .brokerStop, .disk].contains(self) }
}
