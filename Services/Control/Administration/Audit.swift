import ArgumentParser
import Foundation
import NIOCore
import Runtime

/// `bridgectl audit`
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Prints who changed what and when, newest first, and what was refused.",
        discussion: "However much it is, it is printed as it comes."
    )

    @Option(help: "Only what was done to this tenant, identity provider, run or key.") var object: String?
    @Option(help: "Only what this key did; or key, bootstrap, person, wecom or system.") var actor: String?
    @Option(help: "Only this action, or all of a kind, such as idp.*") var action: String?
    @Option(help: "The first moment, such as 2026-01-31T08:00:00Z.") var from: String?
    @Option(help: "The first moment that is not asked for.") var to: String?
    @Option(help: "jsonl or csv.") var format = "jsonl"
    @OptionGroup var registry: RegistryOptions

    func run() async throws {
        try await download(.process) { FileHandle.standardOutput.write($0) }
    }

    /// Hands on what comes.
    func download(_ environment: Runtime.Environment, _ take: (Data) throws -> Void) async throws {
        let path = PercentEncoding.url(
            "/api/v1/audit/export",
            [
                ("format", format), ("object", object), ("actor", actor), ("action", action), ("from", from),
                ("to", to),
            ]
        )
        try await registry.api(environment).download(path) { try take(Data($0.readableBytesView)) }
    }
}
