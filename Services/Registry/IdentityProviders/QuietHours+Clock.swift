import Foundation
import Messages

extension QuietHours {
    /// A span of time in which runs may start.
    struct Opening: Equatable, Sendable {
        var start: Timestamp
        var end: Timestamp
    }

    /// Whether a moment is in them. Hours that the wall clock shows twice or never are what it shows.
    func covers(_ moment: Timestamp) -> Bool {
        guard let zone = Self.zone(timeZone) else { return false }
        return covers(hour: Self.hour(of: moment, in: zone))
    }

    /// The first span outside of them that ends after a moment; where the moment is outside of them, it begins there.
    func opening(from moment: Timestamp) -> Opening {
        let start = first(after: moment) { !$0 }
        return Opening(start: start, end: first(after: start) { $0 })
    }

    /// How many hours of the day are left.
    var openHours: Int { (0..<24).count { !covers(hour: $0) } }

    /// The first moment, from the given one, that is in them, or is not.
    ///
    /// Looks at each quarter of an hour, at which every hour of every time zone begins.
    private func first(after moment: Timestamp, where isWanted: (Bool) -> Bool) -> Timestamp {
        var moment = moment
        for _ in 0..<Self.quartersOfTwoDays where !isWanted(covers(moment)) {
            let past = moment.millisecondsSince1970 % Self.quarter
            moment = Timestamp(millisecondsSince1970: moment.millisecondsSince1970 - past + Self.quarter)
        }
        return moment
    }

    private static let quarter: Int64 = 15 * 60_000
    private static let quartersOfTwoDays = 2 * 24 * 4

    private static func hour(of moment: Timestamp, in zone: TimeZone) -> Int {
        let seconds = moment.millisecondsSince1970 / 1_000
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
        let local = (seconds + Int64(offset)) % 86_400
        return Int((local + 86_400) % 86_400 / 3_600)
    }

    /// A time zone by its name in the time zone database; nil where there is none.
    static func zone(_ name: String) -> TimeZone? {
        guard name == "UTC" || name.contains("/") else { return nil }
        return TimeZone(identifier: name)
    }
}
