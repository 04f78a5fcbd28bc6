/// A regular expression that cannot run away: a machine of states (Thompson), all of which are followed at once, so that a
/// text costs its length times their number and never more.
package struct Pattern: Equatable, Sendable {
    /// A state, and where it leads.
    enum State: Equatable, Sendable {
        /// Takes a character, and goes to the next state.
        case take(ScalarSet)
        /// Goes on at both.
        case split(Int, Int)
        case jump(Int)
        /// Goes on at the start of the text only.
        case start
        /// Goes on at its end only.
        case end
        case found
    }

    /// As it is written.
    let source: String
    private(set) var states: [State] = []

    /// - Throws: ``PatternError`` where it is no pattern, or has too many states.
    init(_ source: String) throws(PatternError) {
        self.source = source
        try append(try PatternParser.parse(source))
        try append(State.found)
    }

    private mutating func append(_ state: State) throws(PatternError) {
        guard states.count < ExpressionLimits.patternStates else {
            throw PatternError(position: 0, message: "The pattern is too large.")
        }
        states.append(state)
    }

    private mutating func append(_ syntax: PatternSyntax) throws(PatternError) {
        switch syntax {
        case .empty: break
        case .scalars(let set): try append(.take(set))
        case .start: try append(State.start)
        case .end: try append(State.end)
        case .sequence(let parts): for part in parts { try append(part) }
        case .alternatives(let parts): try append(alternatives: parts[...])
        case .repeated(let part, let least, let most): try append(part, least: least, most: most)
        }
    }

    private mutating func append(alternatives parts: ArraySlice<PatternSyntax>) throws(PatternError) {
        var jumps: [Int] = []
        for (index, part) in parts.enumerated() {
            guard index < parts.count - 1 else {
                try append(part)
                break
            }
            let split = states.count
            try append(.split(split + 1, split + 1))
            try append(part)
            jumps.append(states.count)
            try append(.jump(0))
            states[split] = .split(split + 1, states.count)
        }
        for jump in jumps { states[jump] = .jump(states.count) }
    }

    private mutating func append(_ part: PatternSyntax, least: Int, most: Int?) throws(PatternError) {
        for _ in 0..<least {
            let before = states.count
            try append(part)
            // What is empty stays so however often it stands there; counts in counts would multiply for nothing.
            if states.count == before { break }
        }
        guard let most else {
            let split = states.count
            try append(.split(split + 1, split + 1))
            try append(part)
            try append(.jump(split))
            states[split] = .split(split + 1, states.count)
            return
        }
        var splits: [Int] = []
        for _ in least..<max(least, most) {
            splits.append(states.count)
            try append(.split(states.count + 1, 0))
            try append(part)
        }
        for split in splits { states[split] = .split(split + 1, states.count) }
    }
}
