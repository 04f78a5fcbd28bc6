import Messages
import Postgres
import PostgresTesting
import Testing

@testable import Registry

/// Whatever the order in which WeCom tells of what happened, and whatever fails meanwhile: in the end each identity
/// provider stands as WeCom says, and no code that was had is lost.
@Suite(
    .serialized,
    .enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"),
    .timeLimit(.minutes(5))
)
struct GrantOrderTests {
    @Test(
        "every order of three events, each told before or after what comes next, ends as WeCom says",
        arguments: [WeComModel.Reset.atExchange, .atOnce]
    )
    func orders(reset: WeComModel.Reset) async throws {
        try await withGrantPlay(reset, registries: 2) { play in
            let histories = GrantHistory.deeds(of: 3).flatMap { deeds in
                GrantHistory.orders(of: 3).map { GrantHistory(deeds: deeds, steps: $0) }
            }
            #expect(histories.count == 7 * 15)
            var parts = try await play.parts(histories, name: 1)
            for number in 0..<6 {
                try await play.step(&parts, number)
                try await play.work()
            }
            try await play.settle()
            #expect(try await play.faults(parts) == [])
        }
    }

    @Test("after a reset that leaves the old code good for a while nobody goes on with that one")
    func overlappingResets() async throws {
        try await withGrantPlay(.overlapping) { play in
            let steps: [GrantHistory.Step] = [.deed, .event(0), .deed, .event(1), .deed, .event(2)]
            let histories = GrantHistory.deeds(of: 3).map { GrantHistory(deeds: $0, steps: steps) }
            var parts = try await play.parts(histories, name: 4)
            for number in steps.indices {
                try await play.step(&parts, number)
                try await play.work()
            }
            try await play.settle()
            #expect(try await play.faults(parts) == [])
        }
    }

    @Test("every loss of events, in every order of the others, ends as WeCom says of the codes that were told")
    func losses() async throws {
        try await withGrantPlay { play in
            var orders: [[GrantHistory.Step]] = [[]]
            for first in 0..<3 {
                orders.append([.event(first)])
                for second in 0..<3 where second != first { orders.append([.event(first), .event(second)]) }
            }
            let known: [GrantHistory.Step] = [.deed, .deed, .deed]
            let histories = GrantHistory.deeds(of: 3, twiceAuthorized: true).flatMap { [orders] deeds in
                orders.map { GrantHistory(deeds: deeds, steps: known + $0) }
            }
            var parts = try await play.parts(histories, name: 2)
            for number in 0..<5 { try await play.step(&parts, number) }
            try await play.work()
            try await play.settle()
            #expect(try await play.faults(parts) == [])
        }
    }

    /// One of each kind of reaction; the last two are lies, which heal.
    private static let failures: [WeComModel.Failure] = [
        .refused(-1), .refused(45_009), .refused(60_020), .refused(40_082), .refused(40_013), .refused(99_999),
        .answerLost, .refused(40_084), .refused(40_078),
    ]

    @Test(
        "long histories with late, lost and doubled events, failing calls, two registries and one killed end as WeCom says",
        arguments: [UInt64(1), 2, 3]
    )
    func longHistories(seed: UInt64) async throws {
        try await withGrantPlay(seed % 2 == 0 ? .atOnce : .atExchange, registries: 2) { play in
            var random = Seeded(seed)
            let histories = (0..<60).map { _ in GrantHistory.random(of: 6, using: &random) }
            var parts = try await play.parts(histories, name: 3)
            for number in 0..<(histories.map(\.steps.count).max() ?? 0) {
                for part in parts where Int.random(in: 0..<3, using: &random) == 0 {
                    let path = Bool.random(using: &random) ? "get_permanent_code" : "get_auth_info"
                    let failure = try #require(Self.failures.randomElement(using: &random))
                    play.model.fail("service/v2/\(path)", of: part.corp, failure)
                }
                try await play.step(&parts, number)
                let isKilled = Int.random(in: 0..<3, using: &random) == 0
                if isKilled { try await play.kill(share: 0.3) }
                if Int.random(in: 0..<4, using: &random) > 0 { try await play.work() }
                if isKilled { try await play.expireLeases() }
            }
            try await play.settle()
            #expect(try await play.faults(parts) == [], "seed \(seed)")
        }
    }
}
