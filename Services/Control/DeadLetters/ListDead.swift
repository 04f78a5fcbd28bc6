import ArgumentParser
import Failures
import Foundation
import Kafka
import Messages
import Pipeline
import Runtime

/// `bridgectl dead list`
struct ListDead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "What is set aside and not settled, oldest first: where it lies, since when, why and whose it is."
    )

    @OptionGroup var selection: DeadSelection
    @OptionGroup var sources: DeadSources
    @Option(help: "How many at most.") var limit = 100

    func run() async throws { print(try await outcome(.process)) }

    /// What there is to say.
    func outcome(_ environment: Runtime.Environment) async throws -> String {
        let items = try await sources.open(environment).items(selection)
        let shown = items.prefix(limit)
        if sources.json { return try JSON.array(shown.map(\.json)).text }
        let rest = items.count - shown.count
        return (shown.map(\.line) + ["\(items.count) are set aside" + (rest > 0 ? "; \(rest) more than shown" : "")])
            .joined(separator: "\n")
    }
}

/// `bridgectl dead show ID`
struct ShowDead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "All that is known of one: its reason, what mends it, its headers, and what was done about it."
    )

    @Argument(help: "Which, as list gives it.") var id: String
    @Flag(help: "Print the record's value too; it may tell of persons.") var value = false
    @OptionGroup var sources: DeadSources

    func run() async throws { print(try await outcome(.process)) }

    /// What there is to say.
    func outcome(_ environment: Runtime.Environment) async throws -> String {
        let sources = try sources.open(environment)
        var fields: [String: JSON]
        if sources.letters.has(id) {
            guard let (letter, settlements) = try await sources.letters.letter(id) else {
                throw NothingOfThatID(id: id)
            }
            fields = letter.json(settlements)
            if value { fields["value"] = .string(String(decoding: letter.record.value ?? [], as: UTF8.self)) }
        } else {
            guard let item = try await sources.rows?.items().first(where: { $0.id == id }),
                case .object(let members) = item.json
            else { throw NothingOfThatID(id: id) }
            fields = members
        }
        return try JSON.object(fields).printed
    }
}

/// An id that names nothing.
struct NothingOfThatID: Error, CustomStringConvertible {
    let id: String

    var description: String {
        "Nothing is set aside as \(id): bridgectl dead list gives the ids; those of a table need its DATABASE_URL."
    }
}
