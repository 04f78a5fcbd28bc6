import ArgumentParser
import SuiteTesting

/// What can be said of every benchmark that runs a suite.
struct SuiteOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A variable for every service, instead of its usual value.", valueName: "name=value")
    )
    var settings: [Setting] = []

    @Flag(help: "Print the result as one line of JSON only, without the table before it.")
    var json = false

    /// A service's variable.
    struct Setting: ExpressibleByArgument {
        let name: String
        let value: String

        init?(argument: String) {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else { return nil }
            (name, value) = (String(parts[0]), String(parts[1]))
        }
    }

    func validate() throws {
        guard SuiteGround.isAvailable else { throw ValidationError("run it by ./compose/local bench") }
    }

    var variables: [String: String] { Dictionary(settings.map { ($0.name, $0.value) }) { $1 } }

    /// Prints the result, for people first and in a line of JSON last.
    func show(_ table: String, _ line: Figure) {
        if !json { print(table) }
        print(line)
    }
}
