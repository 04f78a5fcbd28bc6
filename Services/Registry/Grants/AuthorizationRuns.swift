import Messages
import Postgres

/// The one place where authorizations start runs.
struct AuthorizationRuns: Sendable {
    let runs: RunStore

    /// The first run of an identity provider that was connected just now.
    func connected(_ provider: IdentityProvider, on connection: isolated Connection) throws {
        _ = try runs.start(of: provider, because: .connection, on: connection)
    }

    /// WeCom showed that visible range, permissions or state of the app changed: a run finds out what that means.
    func changed(_ provider: IdentityProvider, on connection: isolated Connection) throws {
        _ = try runs.start(of: provider, because: .authorizationChange, on: connection)
    }
}
