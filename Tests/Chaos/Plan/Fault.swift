import SuiteTesting

/// One copy of a service, or all of them.
struct Victim: Codable, Hashable, Sendable, CustomStringConvertible {
    typealias Service = Suite.Service

    let service: Service
    /// From 1; 0 for all copies.
    let copy: Int

    /// All copies of a service.
    static func all(of service: Service) -> Victim { Victim(service: service, copy: 0) }

    var description: String { copy == 0 ? "every \(service.rawValue)" : "\(service.rawValue)-\(copy)" }
}

/// Something that goes wrong: what, whom it befalls, from when, for how long. A value, so that it can be done again.
struct Fault: Codable, Hashable, Sendable, CustomStringConvertible {
    let kind: FaultKind
    var victim: Victim?
    /// The tenant's number, from 0.
    var tenant: Int?
    /// Milliseconds after the round began.
    var begin: Int
    /// Milliseconds.
    var lasting: Int
    /// Everything else about it is drawn from this.
    let seed: UInt64

    /// Milliseconds after the round began.
    var end: Int { begin + lasting }

    var description: String {
        let whom = victim.map { " of \($0)" } ?? tenant.map { " of tenant \($0)" } ?? ""
        return "\(kind.rawValue)\(whom) at \(begin) ms for \(lasting) ms"
    }

    /// Whether it can keep a service from hearing, deciding or telling anything.
    var disturbsServices: Bool { !kind.concernsTenants }
}
