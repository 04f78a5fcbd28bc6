import ArgumentParser
import Foundation
import SuiteTesting

/// `bridge-demo`: the main job from end to end, against a suite that is up.
@main
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bridge-demo",
        abstract: "Connects a make-believe WeCom, synchronises it, changes it, and logs an employee on."
    )

    @OptionGroup var addresses: Addresses

    @Option(help: "People in the make-believe WeCom, 10 to 1,000,000.")
    var users = 5_000

    @Option(help: "Departments in the make-believe WeCom, 1 to 30,000.")
    var departments = 100

    @Flag(help: "Print the result as one line of JSON.")
    var json = false

    func validate() throws {
        guard (10...1_000_000).contains(users) else { throw ValidationError("--users is 10 to 1,000,000") }
        guard (1...30_000).contains(departments) else { throw ValidationError("--departments is 1 to 30,000") }
    }

    func run() async throws {
        let journey = Journey(addresses: addresses, users: users, departments: departments)
        let (result, promised) = try await journey.run()
        print(json ? result.json : result.summary)
        let shortcomings = result.shortcomings(against: promised)
        guard !shortcomings.isEmpty else { return }
        note("\nThe demo did not show what the product promises:")
        for shortcoming in shortcomings { note("  \(shortcoming)") }
        throw ExitCode(1)
    }
}

/// Where the suite is.
struct Addresses: ParsableArguments {
    @Option(help: "The registry.")
    var registry = "http://127.0.0.1:8080"

    @Option(help: "An API key of the registry that may do everything.")
    var registryKey: String

    @Option(help: "The writer's read API.")
    var directory = "http://127.0.0.1:8082"

    @Option(help: "A key of the read API for all tenants.")
    var directoryKey: String

    @Option(help: "The verifier.")
    var verifier = "http://127.0.0.1:8081"

    @Option(help: "The redirect URI of the client that the employee uses.")
    var clientRedirect: String

    @Option(help: "The WeCom simulator.")
    var simulator = "http://127.0.0.1:9300"
}
