import ArgumentParser
import Messages
import Runtime

/// `bridgectl dead histogram`
struct CountDead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "histogram",
        abstract: "How many are set aside, by reason or by whatever else, most first; and what mends each reason."
    )

    /// What they are counted by.
    enum Aspect: String, ExpressibleByArgument, CaseIterable {
        case reason, place, type, tenant, idp, day
    }

    @Option(help: "What to count by.") var by = Aspect.reason
    @OptionGroup var selection: DeadSelection
    @OptionGroup var sources: DeadSources

    func run() async throws { print(try await outcome(.process)) }

    /// What there is to say.
    func outcome(_ environment: Environment) async throws -> String {
        let counts = counts(try await sources.open(environment).items(selection))
        guard sources.json else { return Self.chart(counts) }
        let lines = counts.map { count in
            var members: [String: JSON] = ["\(by)": .string(count.name), "count": .integer(Int64(count.count))]
            members["advice"] = count.advice.map(JSON.string)
            return JSON.object(members)
        }
        return try JSON.array(lines).text
    }

    /// A bar of the chart.
    struct Count: Equatable {
        let name: String
        let count: Int
        var advice: String?
    }

    func counts(_ items: [SetAside]) -> [Count] {
        Dictionary(grouping: items, by: name).map { name, items in
            Count(name: name, count: items.count, advice: by == .reason ? items.first?.advice : nil)
        }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    private func name(of item: SetAside) -> String {
        switch by {
        case .reason: item.code
        case .place: item.place
        case .type: item.type ?? "-"
        case .tenant: item.tenant ?? "-"
        case .idp: item.identityProvider ?? "-"
        case .day: String(item.since.description.prefix(10))
        }
    }

    private static let width = 40

    static func chart(_ counts: [Count]) -> String {
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
