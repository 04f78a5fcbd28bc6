/// A time of work and faults, after which everything heals.
struct Round: Codable, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    let number: Int
    /// What people and administrators do is drawn from this.
    let seed: UInt64
    var tenants: Int
    var copies: Int
    /// Milliseconds of work, at least.
    let work: Int
    var faults: [Fault]

    /// Milliseconds until work stops.
    var length: Int { max(work, faults.map(\.end).max() ?? 0) }

    /// The tenant of whom nobody wants anything in this round.
    var restingTenant: Int? {
        guard tenants > 1 else { return nil }
        let troubled = Set(faults.compactMap(\.tenant))
        return (0..<tenants).reversed().first { !troubled.contains($0) }
    }

    var description: String { "round \(number): \(faults.map(\.description).joined(separator: "; "))" }

    /// Whether nothing kept the services from their work between these milliseconds, and for a while before.
    func isCalm(from begin: Int, to end: Int) -> Bool {
        let recovery = 6_000
        return faults.allSatisfy { !$0.disturbsServices || $0.begin > end || $0.end + recovery < begin }
    }
}
