import ArgumentParser

/// `bridge-chaos`: whether the suite stays right while everything around it goes wrong.
@main
struct Chaos: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bridge-chaos",
        abstract: "Attacks the suite while it works, and finds out whether it stays right and small.",
        subcommands: [Attack.self, Soak.self],
        defaultSubcommand: Attack.self
    )
}
