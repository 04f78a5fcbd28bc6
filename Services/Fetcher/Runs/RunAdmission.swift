import Messages
import Pipeline

/// Finds the configuration that WeCom is asked with, and whether it may be asked at all.
struct RunAdmission: Sendable {
    let configurations: ConfigurationTable
    /// How long a run waits for its configuration.
    let patience: Duration

    /// The credentials of the run's generation, of `revision` or a newer one.
    ///
    /// - Throws: ``RunFailure``; with ``RunFailure/foreignTenant`` nothing of the run may be sent.
    func configuration(
        for subject: RunSubject,
        _ terms: RunTerms,
        revision: Revision = Revision(rawValue: 0)
    ) async throws -> IdentityProviderConfiguration {
        do {
            let configuration = try await configurations.wait(
                for: subject.identityProvider,
                revision: revision,
                within: patience
            )
            try Self.check(configuration, subject, terms)
            guard configuration.generation == terms.generation else {
                throw RunFailure(.failed, "The credentials of the run's corp did not reach the fetcher.")
            }
            guard configuration.status == .enabled else {
                throw RunFailure(.skipped, "The identity provider is closed.")
            }
            guard configuration.tenantStatus == .active else {
                throw RunFailure(.skipped, "The tenant is suspended.")
            }
            return configuration
        } catch is ConfigurationNotSeen {
            try check(subject, terms)
            throw RunFailure(
                .failed,
                "Revision \(revision) of the identity provider's configuration did not reach the fetcher."
            )
        }
    }

    /// Whether the run still makes sense, by what is known now; of an identity provider that is not known nothing
    /// follows.
    func check(_ subject: RunSubject, _ terms: RunTerms) throws {
        if let known = configurations.configuration(subject.identityProvider) { try Self.check(known, subject, terms) }
    }

    /// Whether the run is its tenant's; all that a deletion needs.
    func check(ownerOf subject: RunSubject) throws {
        guard let known = configurations.configuration(subject.identityProvider) else { return }
        guard known.tenant == subject.tenant else { throw RunFailure.foreignTenant }
    }

    private static func check(
        _ configuration: IdentityProviderConfiguration,
        _ subject: RunSubject,
        _ terms: RunTerms
    ) throws {
        guard configuration.tenant == subject.tenant else { throw RunFailure.foreignTenant }
        guard configuration.status != .deleted else { throw RunFailure.deleted }
        guard configuration.generation <= terms.generation else {
            throw RunFailure(.cancelled, "Another corp stands behind the identity provider by now.")
        }
    }
}
