extension Pattern {
    /// The states that are followed at once, each once.
    private struct Crowd {
        private(set) var members: [Int] = []
        private var isIn: [Bool]

        init(of count: Int) { isIn = [Bool](repeating: false, count: count) }

        mutating func insert(_ state: Int) -> Bool {
            if isIn[state] { return false }
            isIn[state] = true
            members.append(state)
            return true
        }

        mutating func removeAll() {
            for member in members { isIn[member] = false }
            members.removeAll(keepingCapacity: true)
        }
    }

    /// Whether it is found anywhere in a text.
    func isFound(in text: String) -> Bool {
        var (now, next) = (Crowd(of: states.count), Crowd(of: states.count))
        var stack: [Int] = []
        var isAtStart = true
        var rest = text.unicodeScalars[...]
        while true {
            let scalar = rest.popFirst()
            if enter(0, &now, &stack, isAtStart: isAtStart, isAtEnd: scalar == nil) { return true }
            guard let scalar else { return false }
            for state in now.members {
                guard case .take(let set) = states[state], set.contains(scalar) else { continue }
                if enter(state + 1, &next, &stack, isAtStart: false, isAtEnd: rest.isEmpty) { return true }
            }
            swap(&now, &next)
            next.removeAll()
            isAtStart = false
        }
    }

    /// Adds a state and those that need no character to be reached from it.
    ///
    /// - Returns: Whether the end is among them.
    private func enter(
        _ state: Int,
        _ crowd: inout Crowd,
        _ stack: inout [Int],
        isAtStart: Bool,
        isAtEnd: Bool
    ) -> Bool {
        stack.append(state)
        while let state = stack.popLast() {
            guard crowd.insert(state) else { continue }
            switch states[state] {
            case .found:
                stack.removeAll()
                return true
            case .split(let one, let other): stack += [other, one]
            case .jump(let target): stack.append(target)
            case .start: if isAtStart { stack.append(state + 1) }
            case .end: if isAtEnd { stack.append(state + 1) }
            case .take: break
            }
        }
        return false
    }
}
