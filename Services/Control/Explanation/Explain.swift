import ArgumentParser
import Kafka
import Logging
import Messages
import Pipeline
import Runtime

/// `bridgectl explain`
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract:
            "Says how one person came into the directory, or why not: what WeCom said, and what each service made of it.",
        discussion:
            "Reads what the topics still have, so it takes as long as they are large. Tells no names, phones or e-mails."
    )

    @Option(help: "The identity provider.")
    var idp: String

    @Option(help: "The person's WeCom user id.")
    var user: String

    @Option(help: "Where the registry is; else REGISTRY_URL.")
    var registryURL: String?

    @Option(help: "Where the writer's API is; else DIRECTORY_URL.")
    var directoryURL: String?

    func validate() throws { _ = try identityProvider }

    func run() async throws {
        for line in try await lines(.process) { print(line) }
    }

    /// What there is to say, a line each.
    func lines(_ environment: Environment) async throws -> [String] {
        let id = try identityProvider
        let registry = try AdminAPI("registry", "REGISTRY", environment, url: registryURL, key: nil)
        let directory = try AdminAPI("directory", "DIRECTORY", environment, url: directoryURL, key: nil)
        let provider = try await registry.get("/api/v1/idps/\(id)")
        let users = try await directory.get(
            PercentEncoding.url("", path: "/api/v1/idps/\(id)/users", [("externalID", user)])
        )
        let missing = try await directory.all("/api/v1/idps/\(id)/missing")
        let trail = try await trail(of: id, environment)
        return Explanation(provider: provider, trail: trail, users: users, missing: missing).lines
    }

    private var identityProvider: IdentityProviderID {
        get throws {
            guard let id = IdentityProviderID(idp) else {
                throw ValidationError("--idp is an identity provider's id, a UUID.")
            }
            return id
        }
    }

    private func trail(of id: IdentityProviderID, _ environment: Environment) async throws -> PersonTrail {
        let namespace = try environment.topicNamespace()
        let reading = TopicReading(
            topics: [TopicCatalogue.wecomRecords, TopicCatalogue.directoryRecords].map { namespace.name(of: $0) },
            settings: try environment.kafkaSettings(),
            logger: Logger(label: "bridgectl")
        )
        var trail = PersonTrail(of: user, in: id)
        try await reading.forEach { records in
            for record in records {
                if let message = try? IncomingMessage(record) { trail.take(message) }
            }
        }
        return trail
    }
}
