import Messages
import Pipeline

/// Finds the configuration that a run is read with, and whether it may be read at all.
struct RunAdmission: Sendable {
    let configurations: ConfigurationTable
    /// How long a run waits for its configuration.
    let patience: Duration

    /// The credentials of the run's generation, of the revision that the run was started with or a newer one.
    ///
    /// - Throws: ``RunFailure``; with ``RunFailure/foreignTenant`` nothing of the run may be sent.
    func configuration(for run: QueuedRun) async throws -> IdentityProviderConfiguration {
        do {
            let configuration = try await configurations.wait(
                for: run.identityProvider,
                revision: run.revision,
                within: patience
            )
            try Self.check(configuration, run)
            guard configuration.generation == run.terms.generation else {
                throw RunFailure(.failed, "The credentials of the run's corp did not reach the fetcher.")
            }
            guard configuration.status == .enabled else {
                throw RunFailure(.skipped, "The identity provider is closed.")
            }
            return configuration
        } catch is ConfigurationNotSeen {
            try check(run)
            throw RunFailure(
                .failed,
                "Revision \(run.revision) of the identity provider's configuration did not reach the fetcher."
            )
        }
    }

    /// Whether the run still makes sense, by what is known now; of an identity provider that is not known nothing
    /// follows.
    func check(_ run: QueuedRun) throws {
        if let known = configurations.configuration(run.identityProvider) { try Self.check(known, run) }
    }

    private static func check(_ configuration: IdentityProviderConfiguration, _ run: QueuedRun) throws {
        guard configuration.tenant == run.tenant else { throw RunFailure.foreignTenant }
        guard run.kind != .delete else { return }
        guard configuration.status != .deleted else { throw RunFailure.deleted }
        guard configuration.generation <= run.terms.generation else {
            throw RunFailure(.cancelled, "Another corp stands behind the identity provider by now.")
        }
    }
}
