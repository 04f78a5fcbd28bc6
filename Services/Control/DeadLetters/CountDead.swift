import ArgumentParser
import Pipeline
import Runtime

/// `bridgectl dead histogram`
struct CountDead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "histogram",
        abstract: "How many are set aside, by reason or by whatever else, most first; and what mends each reason."
    )

    @Option(help: "What to count by: reason, place, type, tenant, idp or day.", transform: CountDead.aspect)
    var by = SetAsideAspect.reason

    @OptionGroup var selection: DeadSelection
    @OptionGroup var sources: DeadSources

    func run() async throws { print(try await outcome(.process)) }

    /// What there is to say.
    func outcome(_ environment: Environment) async throws -> String {
        let counts = counts(try await sources.open(environment).items(selection))
        guard sources.json else { return Self.chart(counts) }
        let lines = counts.map { count in
            var members: [String: JSON] = [by.rawValue: .string(count.name), "count": .integer(Int64(count.count))]
            members["advice"] = count.advice.map(JSON.string)
            return JSON.object(members)
        }
        return try JSON.array(lines).text
    }

    func counts(_ items: [SetAside]) -> [SetAsideCount] { SetAsideCount.all(of: items, by: by) }

    private static func aspect(_ text: String) throws -> SetAsideAspect {
        guard let aspect = SetAsideAspect(rawValue: text) else {
            let words = SetAsideAspect.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--by is one of \(words), and not \"\(text)\".")
        }
        return aspect
    }

    private static let width = 40

    static func chart(_ counts: [SetAsideCount]) -> String {
        guard let most = counts.first?.count else { return "nothing is set aside" }
        let (names, digits) = (counts.map(\.name.count).max() ?? 0, "\(most)".count)
        return counts.map { count in
            let name = count.name + String(repeating: " ", count: names - count.name.count)
            let number = String(repeating: " ", count: digits - "\(count.count)".count) + "\(count.count)"
            let bar = String(repeating: "█", count: max(1, count.count * width / most))
            return "\(name)  \(number)  \(bar)" + (count.advice.map { "\n    \($0)" } ?? "")
        }.joined(separator: "\n")
    }
}
