import Messages
import Postgres

/// The one place where authorizations start runs.
struct AuthorizationRuns: Sendable {
    let runs: RunStore

    /// The first run of an identity provider that was connected just now.
    func connected(_ provider: IdentityProvider, on connection: isolated Connection) throws {
        try start(provider, on: connection)
    }

    /// WeCom showed that visible range, permissions or state of the app changed: a run finds out what that means, where
    /// the settings let runs start by themselves.
    func changed(_ provider: IdentityProvider, on connection: isolated Connection) throws {
        guard provider.configuration.automaticSynchronization else { return }
        try start(provider, on: connection)
    }

    private func start(_ provider: IdentityProvider, on connection: isolated Connection) throws {
        guard RunObstacle(provider.configuration, to: provider.usualRun.kind) == nil else { return }
        _ = try runs.start(provider.usualRun, of: provider, cause: .authorization, on: connection)
    }
}
