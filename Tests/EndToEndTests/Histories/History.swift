import SuiteTesting

/// What happens to one tenant, drawn from a seed: changes in WeCom before and while each run reads, and a fault in what
/// WeCom answers.
struct History: Sendable, CustomStringConvertible {
    let seed: UInt64
    var people: Int
    var departments: Int
    var steps: [Step]

    /// One run, and what happens before and meanwhile.
    struct Step: Sendable, CustomStringConvertible {
        var update = 0
        var remove = 0
        var add = 0
        var move = 0
        /// The number from which the changes are drawn.
        var changes = 0
        /// Somebody goes or moves at that call of `user/list`.
        var meanwhile: (kind: Meanwhile, call: Int)?
        var fault: WeComFault?

        /// What happens while the run reads.
        enum Meanwhile: String, Sendable, CaseIterable { case goes, moves }

        var description: String {
            let changes = "update \(update) remove \(remove) add \(add) move \(move) by \(changes)"
            let meanwhile = meanwhile.map { ", somebody \($0.kind) at call \($0.call)" } ?? ""
            return changes + meanwhile + (fault.map { ", \($0)" } ?? "")
        }
    }

    var description: String {
        "seed \(seed): \(people) people, \(departments) departments; "
            + steps.enumerated().map { "run \($0 + 1): \($1)" }.joined(separator: "; ")
    }
}

extension History {
    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        self.seed = seed
        people = Int.random(in: 6...40, using: &random)
        departments = Int.random(in: 2...7, using: &random)
        steps = (0..<Int.random(in: 2...5, using: &random)).map { _ in Step(using: &random) }
    }
}

extension History {
    /// The same with one thing less, in each way.
    var smaller: [History] {
        steps.indices.flatMap { index in
            var (shorter, faultless, undisturbed) = (self, self, self)
            shorter.steps.remove(at: index)
            faultless.steps[index].fault = nil
            undisturbed.steps[index].meanwhile = nil
            return [shorter] + (steps[index].fault == nil ? [] : [faultless])
                + (steps[index].meanwhile == nil ? [] : [undisturbed])
        }
    }
}

extension History.Step {
    fileprivate init(using random: inout SeededGenerator) {
        update = Int.random(in: 0...3, using: &random)
        remove = Bool.random(using: &random) ? Int.random(in: 0...3, using: &random) : 0
        add = Int.random(in: 0...2, using: &random)
        move = Int.random(in: 0...3, using: &random)
        changes = Int.random(in: 1...1_000_000, using: &random)
        if Int.random(in: 0..<3, using: &random) == 0, let kind = Meanwhile.allCases.randomElement(using: &random) {
            meanwhile = (kind, Int.random(in: 0...6, using: &random))
        }
        if Bool.random(using: &random) { fault = WeComFault(using: &random) }
    }
}
