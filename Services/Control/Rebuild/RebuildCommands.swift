import ArgumentParser

/// `bridgectl rebuild …`
struct RebuildCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Makes once more from the topics what a service keeps, beside what is in use, and compares both.",
        subcommands: [RebuildDirectory.self, RebuildPrincipals.self]
    )
}
