extension Round {
    /// The same with less in it, the boldest first: half of the faults, one fault less, fewer tenants.
    var smaller: [Round] {
        var rounds: [Round] = []
        if faults.count > 1 {
            let half = faults.count / 2
            rounds.append(with(Array(faults.prefix(half))))
            rounds.append(with(Array(faults.suffix(faults.count - half))))
            if faults.count > 2 {
                for index in faults.indices {
                    var fewer = faults
                    fewer.remove(at: index)
                    rounds.append(with(fewer))
                }
            }
        }
        let needed = (faults.compactMap(\.tenant).max() ?? 0) + 1
        if tenants > max(2, needed) {
            var smaller = self
            smaller.tenants = max(2, needed, tenants / 2)
            rounds.append(smaller)
        }
        return rounds
    }

    private func with(_ faults: [Fault]) -> Round {
        var smaller = self
        smaller.faults = faults
        return smaller
    }
}
