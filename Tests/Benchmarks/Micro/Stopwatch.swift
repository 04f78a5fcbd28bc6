/// Times contests.
struct Stopwatch {
    /// How long a round goes on, at least.
    let round: Duration
    /// Of so many rounds the fastest counts: what else the machine did can only have slowed the others.
    var rounds = 5

    /// One contender's best round.
    struct Timing {
        let contender: Contender
        let secondsPerGo: Double
    }

    /// The result of one go differed from the first one's.
    struct Unsteady: Error, CustomStringConvertible {
        let contender: String

        var description: String { "\(contender) does not give the same result each time" }
    }

    /// Lets the contenders take turns, so that a machine that is slow for a while is so for all.
    func time(_ contest: Contest) throws -> [Timing] {
        let results = try contest.contenders.map { contender in
            _ = try go(contender, expecting: try contender.work(), for: round / 5)
            return try contender.work()
        }
        var best = [Double](repeating: .infinity, count: contest.contenders.count)
        for _ in 0..<rounds {
            for (index, contender) in contest.contenders.enumerated() {
                best[index] = min(best[index], try go(contender, expecting: results[index], for: round))
            }
        }
        return zip(contest.contenders, best).map { Timing(contender: $0, secondsPerGo: $1) }
    }

    /// - Returns: Seconds for one go.
    private func go(_ contender: Contender, expecting result: Int, for time: Duration) throws -> Double {
        let start = ContinuousClock.now
        var count = 0
        var elapsed = Duration.zero
        repeat {
            guard try contender.work() == result else { throw Unsteady(contender: contender.name) }
            count += 1
            elapsed = .now - start
        } while elapsed < time
        return elapsed / .seconds(1) / Double(count)
    }
}
