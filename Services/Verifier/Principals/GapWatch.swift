import FoundationEssentials
import Logging
import Messages
import Pipeline
import Postgres
import Runtime
import ServiceLifecycle

/// Makes the program unready while changes of an identity provider's directory are missing, and names the remedy: the
/// next whole republication mends it.
struct GapWatch: Service {
    let database: Database
    let configurations: ConfigurationTable
    let readiness: Readiness
    let logger: Logger
    let period: Duration

    /// What the program's readiness calls it.
    static let component = "directory changes"

    /// What an operator does about a gap.
    static func remedy(_ identityProvider: IdentityProviderID) -> String {
        "bridgectl directory republish --idp \(identityProvider)"
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let gaps = try await gaps()
                    readiness.set(Self.component, ready: gaps.isEmpty, reason: Self.reason(gaps))
                } catch  where !Task.isCancelled {
                    // Whether the database answers is another component's to say.
                    logger.debug("gaps could not be looked for", metadata: ["error": "\(error)"])
                } catch {}
                try? await Task.sleep(for: period)
            }
        }
    }

    /// Of a deleted identity provider nothing is missed.
    private func gaps() async throws -> [(identityProvider: IdentityProviderID, reason: String)] {
        try await database.run(
            "select idp_id, gap from verifier.projection where gap is not null order by idp_id"
        )
        .map { row in
            let (id, gap) = try row.decode(UUID.self, String.self)
            return (IdentityProviderID(id), gap)
        }
        .filter { configurations.configuration($0.0)?.status != .deleted }
    }

    private static func reason(_ gaps: [(identityProvider: IdentityProviderID, reason: String)]) -> String? {
        guard let first = gaps.first else { return nil }
        let others = gaps.count > 1 ? "; and of \(gaps.count - 1) more identity providers" : ""
        return "changes of \(first.identityProvider) are missing, \(first.reason): "
            + "`\(remedy(first.identityProvider))`\(others)"
    }
}
