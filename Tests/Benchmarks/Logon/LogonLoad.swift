import Foundation
import SuiteTesting

/// Many people who log on.
struct LogonLoad: Sendable {
    let walk: LogonWalk
    let people: [Simulator.Employee]

    /// What a load came to.
    struct Figures: Sendable {
        /// What each logon took of the provider's time, in seconds.
        let seconds: [Double]
        /// How long all of them took, in seconds.
        let elapsed: Double

        var perSecond: Double { Double(seconds.count) / elapsed }
    }

    /// As many as there can be: each worker begins the next logon when one is over.
    func most(_ count: Int, workers: Int) async throws -> Figures {
        let clock = ContinuousClock()
        let start = clock.now
        let seconds = try await withThrowingTaskGroup(of: [Double].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var seconds: [Double] = []
                    for number in stride(from: worker, to: count, by: workers) {
                        seconds.append(try await walk.run(people[number % people.count]).seconds)
                    }
                    return seconds
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return Figures(seconds: seconds, elapsed: (clock.now - start) / .seconds(1))
    }

    /// So many a second, whether or not those before are over.
    func paced(_ count: Int, perSecond rate: Double) async throws -> Figures {
        let clock = ContinuousClock()
        let start = clock.now
        let seconds = try await withThrowingTaskGroup(of: Double.self) { group in
            for number in 0..<count {
                try await clock.sleep(until: start + .seconds(Double(number) / rate))
                group.addTask { try await walk.run(people[number % people.count]).seconds }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return Figures(seconds: seconds, elapsed: (clock.now - start) / .seconds(1))
    }
}
