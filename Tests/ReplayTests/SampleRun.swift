import Messages

@testable import Replay

extension IdentityProviderConfiguration {
    /// That of an identity provider that nothing else knows.
    static func sample(_ revision: Revision = Revision(rawValue: 1)) throws -> IdentityProviderConfiguration {
        IdentityProviderConfiguration(
            id: .make(),
            tenant: .make(),
            enterpriseID: .make(),
            revision: revision,
            name: try IdentityProviderName("test"),
            description: ""
        )
    }
}

extension ReplayRun {
    /// A replay of that number which was just asked for.
    static func sample(
        _ epoch: Epoch,
        of configuration: IdentityProviderConfiguration,
        in registry: some ReplayRegistry
    ) -> ReplayRun {
        ReplayRun(
            id: .make(),
            epoch: epoch,
            requestedAt: .now,
            isDryRun: false,
            configuration: configuration,
            source: "test",
            registry: registry
        )
    }
}
