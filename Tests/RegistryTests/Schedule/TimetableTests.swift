import Foundation
import Messages
import Sealing
import Testing

@testable import Registry

struct TimetableTests {
    private static let start = Timestamp("2026-03-01T00:00:00.000Z")!

    @Test("turns are a cycle apart, at the same place of it, whenever one looks", arguments: SyncCycle.allowed)
    func regular(hours: Int) throws {
        let table = Timetable(cycle: try #require(SyncCycle(rawValue: hours)), quiet: nil, place: 0.3)
        let first = table.turn(notBefore: Self.start)
        for minutes in stride(from: 0, to: 3 * 24 * 60, by: 17) {
            let moment = Self.start.advanced(by: .seconds(60 * minutes))
            let turn = table.turn(notBefore: moment)
            #expect(turn >= moment && turn < moment.advanced(by: table.cycle.duration))
            let distance = turn.millisecondsSince1970 - first.millisecondsSince1970
            #expect(distance % Int64(hours * 3_600_000) == 0)
        }
    }

    @Test("after a run, however late, the next turn is at least an eighth of the cycle away, and never more than nine")
    func afterLate() {
        let table = Timetable(cycle: .daily, quiet: nil, place: 0.7)
        for minutes in stride(from: 0, to: 24 * 60, by: 7) {
            let run = Self.start.advanced(by: .seconds(60 * minutes))
            let next = table.turn(after: run)
            #expect(next >= run.advanced(by: .seconds(3 * 3_600)))
            #expect(next <= run.advanced(by: .seconds(27 * 3_600)))
        }
    }

    @Test("identity providers that are made together are spread over the whole cycle")
    func spread() throws {
        var counts = [Int](repeating: 0, count: 24)
        for number in 0..<10_000 {
            let id = try #require(IdentityProviderID("01950000-0000-7000-8000-" + String(format: "%012x", number)))
            let turn = Timetable(try Self.configuration(id)).turn(notBefore: Self.start)
            counts[Int((turn.millisecondsSince1970 - Self.start.millisecondsSince1970) / 3_600_000)] += 1
        }
        #expect((counts.max() ?? 0) < 500)
        #expect((counts.min() ?? 0) > 350)
    }

    /// A night, a day, an hour, all but an hour, around days on which clocks are changed.
    private static let quiet = [
        QuietHours(from: 22, to: 6, timeZone: "Europe/Berlin"), QuietHours(from: 8, to: 20, timeZone: "Asia/Shanghai"),
        QuietHours(from: 2, to: 3, timeZone: "Europe/Berlin"), QuietHours(from: 4, to: 3, timeZone: "America/New_York"),
        QuietHours(from: 1, to: 2, timeZone: "Australia/Lord_Howe"),
        QuietHours(from: 0, to: 23, timeZone: "Asia/Kathmandu"),
    ]

    @Test("no turn is in quiet hours, also where clocks are changed, and none is left out for long", arguments: quiet)
    func quietHours(quiet: QuietHours) throws {
        for day in ["2026-03-07", "2026-03-28", "2026-04-04", "2026-10-24", "2026-10-03", "2026-11-01"] {
            let start = try #require(Timestamp("\(day)T00:00:00.000Z"))
            for hours in [1, 5, 23, 24] {
                for place in [0, 0.21, 0.5, 0.98] {
                    let table = Timetable(cycle: try #require(SyncCycle(rawValue: hours)), quiet: quiet, place: place)
                    var moment = start
                    for _ in 0..<(60 / hours) {
                        let turn = table.turn(after: moment)
                        #expect(!table.isQuiet(at: turn), "\(turn) \(hours) \(place)")
                        #expect(turn > moment)
                        #expect(turn <= moment.advanced(by: .seconds((hours * 9 / 8 + 49) * 3_600)))
                        moment = turn
                    }
                }
            }
        }
    }

    @Test("quiet hours follow the wall clock: an hour that it leaves out or shows twice")
    func daylightSaving() throws {
        let quiet = QuietHours(from: 2, to: 4, timeZone: "Europe/Berlin")
        let (spring, autumn) = (
            try #require(Timestamp("2026-03-29T00:30:00.000Z")), try #require(Timestamp("2026-10-24T23:30:00.000Z"))
        )
        // 01:59 is followed by 03:00: one hour is quiet.
        #expect(!quiet.covers(spring))
        let late = quiet.opening(from: spring.advanced(by: .seconds(1_800)))
        #expect(late.start.description == "2026-03-29T02:00:00.000Z")
        // 02:59 is followed by 02:00: three hours are quiet.
        #expect(!quiet.covers(autumn))
        let again = quiet.opening(from: autumn.advanced(by: .seconds(1_800)))
        #expect(again.start.description == "2026-10-25T03:00:00.000Z")
    }

    @Test("turns of a day that would be quiet are spread over the hours that are left")
    func moved() throws {
        let quiet = QuietHours(from: 8, to: 20, timeZone: "UTC")
        let turns = try (0..<1_000).map { number in
            let table = Timetable(cycle: .daily, quiet: quiet, place: Double(number) / 1_000)
            let turn = table.turn(notBefore: try #require(Timestamp("2026-03-01T08:00:00.000Z")))
            return Int(turn.millisecondsSince1970 / 3_600_000 % 24)
        }
        let counts = Dictionary(grouping: turns) { $0 }.mapValues(\.count)
        #expect(Set(counts.keys) == Set([20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7]))
        #expect((counts.values.max() ?? 0) < 3 * 1_000 / 12)
    }

    @Test("a cycle or quiet hours that are changed give another turn; what does not decide it leaves it as it is")
    func changed() throws {
        let now = Timestamp.now
        var old = try Self.provider()
        old.nextRunAt = now.advanced(by: .seconds(100))
        var new = old
        new.configuration.description = "y"
        #expect(Timetable.next(from: old, to: new, at: now) == old.nextRunAt)
        new.configuration.cycleHours = try #require(SyncCycle(rawValue: 4))
        let next = try #require(Timetable.next(from: old, to: new, at: now))
        #expect(next > now && next <= now.advanced(by: .seconds(4 * 3_600 * 9 / 8)))
        new.configuration.status = .closed
        #expect(Timetable.next(from: old, to: new, at: now) == nil)
    }

    @Test("the rest after failures doubles, and is never longer than a day", arguments: SyncCycle.allowed)
    func rest(hours: Int) throws {
        let cycle = try #require(SyncCycle(rawValue: hours))
        #expect(Quarantine.rest(after: Quarantine.threshold - 1, cycle: cycle) == .zero)
        let first = Quarantine.rest(after: Quarantine.threshold, cycle: cycle)
        #expect(first == .seconds(min(24, 2 * hours) * 3_600))
        #expect(Quarantine.rest(after: 1_000, cycle: cycle) == .seconds(24 * 3_600))
    }

    static func provider() throws -> IdentityProvider {
        let now = Timestamp.now
        return IdentityProvider(
            configuration: try configuration(.make()),
            lastEpoch: Epoch(rawValue: 0),
            createdAt: now,
            updatedAt: now
        )
    }

    static func configuration(_ id: IdentityProviderID) throws -> IdentityProviderConfiguration {
        IdentityProviderConfiguration(
            id: id,
            tenant: .make(),
            enterpriseID: .make(),
            revision: Revision(rawValue: 1),
            name: try IdentityProviderName("test_123"),
            description: "x",
            authorization: .authorized,
            connection: WeComConnection(
                kind: .ownApp,
                corpID: "ww1e933be11645237c",
                agentID: 1,
                secret: try TestRegistry.sealingKeys.seal(Secret("x"), context: "")
            )
        )
    }
}
