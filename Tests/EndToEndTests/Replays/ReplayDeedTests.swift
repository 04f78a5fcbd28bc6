import Testing

/// The deeds are what a seed says.
@Suite struct ReplayDeedTests {
    @Test("a seed draws the same deeds each time, and another one others")
    func seeds() {
        let deeds = ReplayDeed.drawn(24, tenants: 3, seed: 7)
        #expect(deeds == ReplayDeed.drawn(24, tenants: 3, seed: 7))
        #expect(deeds != ReplayDeed.drawn(24, tenants: 3, seed: 8))
        #expect(deeds.prefix(5) == ReplayDeed.drawn(5, tenants: 3, seed: 7)[...])
    }

    @Test("each dozen has replays, resets, both rebuilds and a republication, and a long row has every choice")
    func dozens() {
        let deeds = ReplayDeed.drawn(240, tenants: 3, seed: 1)
        for start in stride(from: 0, to: deeds.count, by: 12) {
            let dozen = deeds[start..<start + 12]
            #expect(dozen.count { $0 == .rebuild } == 1)
            #expect(dozen.count { $0 == .exchange } == 1)
            #expect(dozen.count { if case .reset = $0 { true } else { false } } == 2)
            #expect(dozen.count { if case .republication = $0 { true } else { false } } == 1)
        }
        let choices = deeds.compactMap { if case .replay(let replay) = $0 { replay.choice } else { nil } }
        #expect(Set(choices) == Set(ReplayDeed.Choice.allCases))
    }
}
