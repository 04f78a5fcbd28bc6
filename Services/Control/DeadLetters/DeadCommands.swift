import ArgumentParser

/// `bridgectl dead …`
struct DeadCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Shows what could not be handled, and redrives or discards it.",
        discussion: """
            Dead letters of every service, and with DATABASE_URL, as a service's own role, what its outbox and its \
            background work have set aside. What is to be mended first, the reason says: bridgectl dead histogram.

            Examples:
              bridgectl dead histogram --by reason
              bridgectl dead list --reason unknown-type --from 2026-01-31T08:00:00Z
              bridgectl dead redrive --reason unknown-type --rate 200 --why "the reader was upgraded" --dry-run
              bridgectl dead redrive --id wecom.records.v1.directory-mapper.dead/3/17 --value mended.json --why "a typo"
            """,
        subcommands: [ListDead.self, ShowDead.self, CountDead.self, RedriveDead.self, DiscardDead.self]
    )
}
