import Pipeline
import Runtime

/// What came of redriving or discarding, or what would.
struct SettlingReport {
    /// `redriven` or `discarded`.
    let verb: String
    let isDryRun: Bool
    /// Those that it is about.
    let meant: [SetAside]
    /// Those that were redriven too often.
    var stopped: [SetAside] = []
    /// Those that cannot be redriven.
    var obstructed: [SetAside] = []
    var count = 0
    /// Those that the brokers refuse, with the reason.
    var refused: [String: String] = [:]
    /// Under which number the audit has it.
    var operation: String?

    func text(asJSON isJSON: Bool) throws -> String {
        isJSON ? try json.text : lines.joined(separator: "\n")
    }

    private var json: JSON {
        var members: [String: JSON] = [
            verb: .integer(Int64(isDryRun ? meant.count : count)), "dryRun": .boolean(isDryRun),
            "redrivenTooOften": .array(stopped.map { .string($0.id) }),
            "cannotBe": .object(obstructed.reduce(into: [:]) { $0[$1.id] = .string($1.obstacle ?? "") }),
            "refused": .object(refused.mapValues(JSON.string)),
        ]
        members["operation"] = operation.map(JSON.string)
        return .object(members)
    }

    private var lines: [String] {
        var lines = ["\(isDryRun ? "\(meant.count) would be" : "\(count) are") \(verb)"]
        if isDryRun {
            lines += Dictionary(grouping: meant, by: \.code).map { "    \($0.key): \($0.value.count)" }.sorted()
        }
        if !stopped.isEmpty {
            lines.append(
                "\(stopped.count) were redriven too often and are left alone; --force redrives them all the same"
            )
        }
        lines += obstructed.map { "\($0.id) cannot be: \($0.obstacle ?? "")" }
        lines += refused.sorted { $0.key < $1.key }.map { "\($0.key) is refused by the brokers: \($0.value)" }
        if let operation { lines.append("the audit has it as operation \(operation)") }
        return lines
    }
}
