import BackgroundWork
import Egress
import Messages
import Postgres
import Sealing
import WeCom

/// Reads the addresses that WeCom's callbacks come from, with the token of some enterprise that is connected.
struct CallbackAddresses: Sendable {
    let ledger: Ledger
    let wecom: WeComClient
    let keys: SealingKeys
    let memory: any CredentialMemory

    /// Enterprises that are tried until one answers.
    private static let most = 3

    /// Reads them, and keeps them in place of those before.
    var step: Step {
        Step("callback addresses") {
            var failure: (any Error)?
            for provider in try await connected() {
                do {
                    return try await keep(try await addresses(by: provider))
                } catch let error as WeComError {
                    failure = error
                } catch let error as SealingError {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
    }

    /// Those that were looked after last, as they work most likely.
    private func connected() async throws -> [IdentityProvider] {
        let rows = try await ledger.database.run(
            """
            select \(IdentityProvider.columns) from registry.identity_providers
            where authorization_state = 'authorized' and corp_id is not null and not is_deleted
            order by updated_at desc limit \(Self.most)
            """
        )
        return ledger.readable(rows)
    }

    private func addresses(by provider: IdentityProvider) async throws -> [String] {
        guard let connection = provider.configuration.connection, let corp = try? CorpID(connection.corpID) else {
            return []
        }
        let secret = try keys.open(connection.secret, context: provider.id.description)
        let wecom = wecom.through(try HTTPProxy.of(provider.configuration, openedBy: keys))
        let token = try await wecom.getToken(corpID: corp, secret: secret, rememberingIn: memory)
        return try await wecom.callbackAddresses(token: token)
    }

    /// An empty answer says nothing.
    private func keep(_ addresses: [String]) async throws {
        guard !addresses.isEmpty else { return }
        try await ledger.database.pipeline([
            "delete from registry.callback_addresses",
            """
            insert into registry.callback_addresses (address, read_at)
            select distinct address, now() from unnest(\(addresses)::text[]) as address
            """,
        ])
    }
}
