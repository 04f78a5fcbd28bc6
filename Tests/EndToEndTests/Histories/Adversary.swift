import SuiteTesting

/// Kills services, lets them stand still and cuts them off while histories are played, drawn from a seed.
struct Adversary {
    let suite: Suite
    let seed: UInt64

    /// What it does to one service.
    private enum Deed: CaseIterable { case kill, stop, hold }

    static let victims: [Suite.Service] = [.registry, .fetcher, .mapper, .writer]

    /// Goes on until the task is cancelled; everything runs again then.
    ///
    /// - Returns: How many deeds it did.
    func work() async throws -> Int {
        var random = SeededGenerator(seed: seed)
        var deeds = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(Int.random(in: 1_500...4_000, using: &random)))
            guard !Task.isCancelled, let victim = Self.victims.randomElement(using: &random),
                let deed = Deed.allCases.randomElement(using: &random)
            else { continue }
            let pause = Int.random(in: 200...2_500, using: &random)
            deeds += 1
            switch deed {
            case .kill: suite[victim].kill()
            case .stop: suite[victim].stop()
            case .hold: suite[victim].hold()
            }
            try? await Task.sleep(for: .milliseconds(pause))
            if deed == .hold { suite[victim].letGo() } else { try suite[victim].start() }
        }
        return deeds
    }
}
