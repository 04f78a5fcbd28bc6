import Foundation

/// What happens at WeCom to one enterprise, and when the registry is told of it.
struct GrantHistory: Sendable, CustomStringConvertible {
    /// What an administrator or the provider does.
    enum Deed: Character, CaseIterable, Sendable {
        case authorize = "A"
        case change = "C"
        case reset = "R"
        case cancel = "X"
    }

    enum Step: Equatable, Sendable {
        /// The next deed is done, and WeCom has an event to tell.
        case deed
        /// The event of the deed with this number is told.
        case event(Int)
        /// The same, under another time, so that it is no repetition to those who compare bytes.
        case again(Int)
    }

    var deeds: [Deed]
    var steps: [Step]

    var description: String {
        let steps = steps.map { step in
            switch step {
            case .deed: "."
            case .event(let number): "\(number)"
            case .again(let number): "\(number)'"
            }
        }
        return String(deeds.map(\.rawValue)) + " " + steps.joined()
    }

    /// All orders in which so many deeds can be done and told: what is told comes after its deed, in any order.
    static func orders(of count: Int) -> [[Step]] {
        var orders: [[Step]] = []
        func go(_ done: Int, _ told: Set<Int>, _ steps: [Step]) {
            if told.count == count { return orders.append(steps) }
            if done < count { go(done + 1, told, steps + [.deed]) }
            for number in 0..<done where !told.contains(number) {
                go(done, told.union([number]), steps + [.event(number)])
            }
        }
        go(0, [], [])
        return orders
    }

    /// All that can happen in so many deeds: nothing can be changed before it is authorized, nor after it was cancelled.
    static func deeds(of count: Int, twiceAuthorized: Bool = false) -> [[Deed]] {
        var all: [[Deed]] = []
        func go(_ deeds: [Deed], _ isAuthorized: Bool) {
            if deeds.count == count { return all.append(deeds) }
            for deed in Deed.allCases {
                if deed == .authorize, isAuthorized, !twiceAuthorized { continue }
                if deed != .authorize, !isAuthorized { continue }
                go(deeds + [deed], deed != .cancel)
            }
        }
        go([], false)
        return all
    }

    /// One by chance: events are late, lost and doubled.
    static func random(of count: Int, using random: inout some RandomNumberGenerator) -> GrantHistory {
        let deeds = deeds(of: count, twiceAuthorized: true).randomElement(using: &random) ?? []
        var steps: [Step] = []
        var untold: [Step] = []
        for number in deeds.indices {
            steps.append(.deed)
            if Int.random(in: 0..<5, using: &random) > 0 { untold.append(.event(number)) }
            if Int.random(in: 0..<4, using: &random) == 0 { untold.append(.again(number)) }
            while !untold.isEmpty, Bool.random(using: &random) {
                steps.append(untold.remove(at: Int.random(in: untold.indices, using: &random)))
            }
        }
        return GrantHistory(deeds: deeds, steps: steps + untold.shuffled(using: &random))
    }
}

/// Chance that can be had again.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
