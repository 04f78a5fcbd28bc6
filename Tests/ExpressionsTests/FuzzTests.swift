import Foundation
import Testing

@testable import Expressions

@Suite(.timeLimit(.minutes(60)))
struct FuzzTests {
    /// How many; `EXPRESSION_FUZZ` says another number.
    private static let count = ProcessInfo.processInfo.environment["EXPRESSION_FUZZ"].flatMap { Int($0) } ?? 4_000

    @Test("no source and no person brings it down, keeps it for long, or makes more than it may")
    func randomSources() {
        let fuzz = Fuzz(cases: 0..<Self.count)
        #expect(fuzz.tooLarge.isEmpty && fuzz.slow.isEmpty && fuzz.misplaced.isEmpty && fuzz.mistyped.isEmpty)
        // Otherwise nothing was tried.
        #expect(fuzz.taken > Self.count / 50 && fuzz.refused > Self.count / 50)
    }
}

/// Tries many expressions, and keeps those that do what they may not.
struct Fuzz {
    private(set) var taken = 0
    private(set) var refused = 0
    private(set) var tooLarge: [String] = []
    private(set) var slow: [String] = []
    private(set) var misplaced: [String] = []
    private(set) var mistyped: [String] = []
    private(set) var slowest = Duration.zero

    init(cases: Range<Int>) {
        for seed in cases { attempt(seed) }
    }

    private mutating func attempt(_ seed: Int) {
        var random = RandomSource(seed: seed)
        var source = random.expression(depth: random.below(5))
        if seed % 3 == 0 { source = random.mutated(source) }
        let start = ContinuousClock.now
        do throws(ExpressionError) {
            let expression = try Expressions.Expression(source, in: Person.vocabulary)
            taken += 1
            for _ in 0..<3 { run(expression, random.person()) }
        } catch {
            refused += 1
            if !(0...source.count).contains(error.position) { misplaced.append(source) }
        }
        let time = ContinuousClock.now - start
        slowest = max(slowest, time)
        if time > .seconds(5) { slow.append(source) }
    }

    private mutating func run(_ expression: Expressions.Expression, _ person: Person) {
        guard let value = try? expression.value({ person.value(of: expression.references[$0]) }) else { return }
        if value.plainText?.utf8.count ?? 0 > 2 * ExpressionLimits.textBytes { tooLarge.append(expression.source) }
        if value != .absent, value.type != expression.type { mistyped.append(expression.source) }
    }
}

extension Value {
    fileprivate var type: ValueType {
        switch self {
        case .absent: .absent
        case .text: .text
        case .number: .number
        case .boolean: .boolean
        case .date: .date
        case .list: .list
        }
    }
}
