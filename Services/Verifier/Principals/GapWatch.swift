import FoundationEssentials
import Logging
import Messages
import Pipeline
import Postgres
import Runtime
import ServiceLifecycle

/// Shows on `/readyz` what of the directory or of the configuration is missing, and names the remedy.
///
/// Not by making the program unready, which would shut out the people of all other identity providers, too.
struct GapWatch: Service {
    let database: Database
    let configurations: ConfigurationTable
    let readiness: Readiness
    let logger: Logger
    let period: Duration

    /// What `/readyz` calls what it shows.
    static let component = "directory changes"
    private static let configurationComponent = "identity providers"

    /// What an operator does about changes that are missing: the next whole republication makes up for them.
    static func remedy(_ identityProvider: IdentityProviderID) -> String {
        "bridgectl directory republish --idp \(identityProvider)"
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    show(try await followed())
                } catch {
                    // Whether the database answers is another component's to say.
                    logger.debug("gaps could not be looked for", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: period)
            }
        }
    }

    /// An identity provider whose people are known, and what is missing of them.
    private typealias Followed = (id: IdentityProviderID, gap: String?)

    private func followed() async throws -> [Followed] {
        try await database.run("select idp_id, gap from verifier.projection order by idp_id").map { row in
            let (id, gap) = try row.decode(UUID.self, String?.self)
            return (IdentityProviderID(id), gap)
        }
    }

    private func show(_ followed: [Followed]) {
        // Of a deleted identity provider nothing is missed.
        let gaps = followed.filter { $0.gap != nil && configurations.configuration($0.id)?.status != .deleted }
        let gap = gaps.first.map { first in
            "changes of \(first.id) are missing, \(first.gap ?? ""): `\(Self.remedy(first.id))`\(Self.others(gaps))"
        }
        readiness.remark(Self.component, gap)
        guard configurations.isCurrent else { return }
        let unknown = followed.filter { configurations.configuration($0.id) == nil }
        let lost = unknown.first.map { first in
            "the configuration of \(first.id) is missing: `bridgectl configuration republish`\(Self.others(unknown))"
        }
        readiness.remark(Self.configurationComponent, lost)
    }

    private static func others(_ followed: [Followed]) -> String {
        followed.count > 1 ? "; and of \(followed.count - 1) more" : ""
    }
}
