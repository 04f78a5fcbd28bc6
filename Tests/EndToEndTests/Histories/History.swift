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
        var fault: Fault?

        /// What happens while the run reads.
        enum Meanwhile: String, Sendable, CaseIterable { case goes, moves }

        var description: String {
            let changes = "update \(update) remove \(remove) add \(add) move \(move) by \(changes)"
            let meanwhile = meanwhile.map { ", somebody \($0.kind) at call \($0.call)" } ?? ""
            return changes + meanwhile + (fault.map { ", \($0)" } ?? "")
        }
    }

    /// What WeCom answers otherwise than it should, during one run.
    struct Fault: Sendable, CustomStringConvertible {
        let path: String
        let kind: String
        var code: Int?
        let afterCalls: Int
        /// `nil` for the whole run.
        let times: Int?

        var order: JSON {
            var fields: [String: JSON] = [
                "path": .string(path), "kind": .string(kind), "afterCalls": .integer(afterCalls),
            ]
            if let code { fields["code"] = .integer(code) }
            if let times { fields["times"] = .integer(times) }
            return .object(fields)
        }

        var description: String {
            "\(path) \(kind)\(code.map { " \($0)" } ?? "") after \(afterCalls)\(times.map { " for \($0)" } ?? "")"
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
        if Bool.random(using: &random) { fault = History.Fault(using: &random) }
    }
}

extension History.Fault {
    private static let kinds: [(path: String, kind: String, code: Int?)] =
        ["empty", "short", "truncate", "disconnect", "garbage"].flatMap { kind in
            ["user/list", "department/list"].map { (path: $0, kind: kind, code: nil) }
        }
        + [-1, 60_011, 60_003, 60_111, 45_033, 40_014, 48_002].map { (path: "user/list", kind: "errcode", code: $0) }
        + [-1, 60_111, 48_002, 45_033].map { (path: "user/get", kind: "errcode", code: $0) }
        + ["truncate", "garbage", "disconnect"].map { (path: "user/get", kind: $0, code: nil) }
        + [-1, 48_002].map { (path: "agent/get", kind: "errcode", code: $0) }
        + [(path: "agent/get", kind: "empty", code: nil), (path: "user/list", kind: "http", code: nil)]
        + [(path: "department/get", kind: "errcode", code: 60_003), (path: "*", kind: "http", code: nil)]

    fileprivate init(using random: inout SeededGenerator) {
        let drawn = Self.kinds[Int.random(in: 0..<Self.kinds.count, using: &random)]
        (path, kind, code) = (drawn.path, drawn.kind, drawn.code)
        let (passed, met) = (Int.random(in: 0...4, using: &random), Int.random(in: 1...3, using: &random))
        let isShort = Bool.random(using: &random)
        // That one person alone is gone is WeCom's own word, and cannot be told from the truth.
        let isWord = path == "user/get" && code == 60_111
        // A run waits until WeCom lets it read on.
        let isLimit = code == 45_033
        afterCalls = isWord ? 0 : passed
        times = (isShort || isLimit) && !isWord ? met : nil
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
