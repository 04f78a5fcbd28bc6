import Crypto
import FoundationEssentials
import Messages

/// The moments at which the schedule starts an identity provider's runs.
///
/// Each identity provider has a place of its own in the cycle, drawn from its id, so that runs are spread evenly however
/// many were set up, reopened or kept waiting at the same moment, and stay so.
struct Timetable: Sendable {
    let cycle: SyncCycle
    let quiet: QuietHours?
    /// Its place in the cycle: from 0 up to 1.
    let place: Double

    init(_ configuration: IdentityProviderConfiguration) {
        self.init(
            cycle: configuration.cycleHours,
            quiet: configuration.quietHours,
            place: Self.place(of: configuration.id)
        )
    }

    init(cycle: SyncCycle, quiet: QuietHours?, place: Double) {
        self.cycle = cycle
        self.quiet = quiet
        self.place = place
    }

    /// The turn that follows a run: never sooner than an eighth of the cycle after it, so that a late one is not
    /// followed by the next at once.
    ///
    /// - Parameter rest: Wait for so long at least, where that is more.
    func turn(after run: Timestamp, resting rest: Duration = .zero) -> Timestamp {
        turn(notBefore: run.advanced(by: max(cycle.duration / 8, rest)))
    }

    /// The first turn from a moment on. One that comes in quiet hours is left out where another comes before the next
    /// ones; else it is moved to its place in the hours between.
    func turn(notBefore moment: Timestamp) -> Timestamp {
        let turn = regular(notBefore: moment)
        guard let quiet, quiet.covers(turn) else { return turn }
        let opening = quiet.opening(from: turn)
        let regular = regular(notBefore: opening.start)
        if regular < opening.end { return regular }
        let (start, end) = (opening.start.millisecondsSince1970, opening.end.millisecondsSince1970)
        return Timestamp(millisecondsSince1970: start + Int64(openPlace * Double(end - start)))
    }

    /// Whether nothing may start at a moment.
    func isQuiet(at moment: Timestamp) -> Bool { quiet?.covers(moment) ?? false }

    /// Over how many hours its turns are spread: what it adds to a minute's runs is the 60th part of the reciprocal.
    var spreadHours: Int { min(cycle.rawValue, max(1, quiet?.openHours ?? 24)) }

    /// Its place in the hours between quiet ones, which has nothing to do with the one in the cycle: the digits after it.
    private var openPlace: Double { (place * 65_536).truncatingRemainder(dividingBy: 1) }

    private func regular(notBefore moment: Timestamp) -> Timestamp {
        let length = Int64(cycle.rawValue) * 3_600_000
        let now = moment.millisecondsSince1970
        let wait = (Int64(place * Double(length)) - now) % length
        return Timestamp(millisecondsSince1970: now + (wait < 0 ? wait + length : wait))
    }

    private static func place(of id: IdentityProviderID) -> Double {
        let digest = SHA256.hash(data: Array(id.description.utf8))
        let number = digest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Double(number) / 4_294_967_296
    }
}

extension Timetable {
    /// The next turn after a change of the settings: nil off the schedule, and as before where what decides is.
    static func next(from old: IdentityProvider?, to new: IdentityProvider, at now: Timestamp) -> Timestamp? {
        guard new.isScheduled else { return nil }
        let timetable = Timetable(new.configuration)
        if let old, let due = old.nextRunAt, old.configuration.cycleHours == new.configuration.cycleHours,
            old.configuration.quietHours == new.configuration.quietHours, old.isQuarantined == new.isQuarantined
        {
            return due
        }
        return timetable.turn(after: now, resting: new.rest)
    }
}
