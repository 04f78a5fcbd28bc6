import FoundationEssentials
import Messages
import Postgres

extension GrantStore {
    /// What a session rests on.
    enum Authentication: Sendable {
        /// The person signed in with WeCom just now; a browser may remember it under a ticket.
        case fresh(Ticket?)
        /// A browser remembers that the person did.
        case remembered(BrowserLogonStore.BrowserLogon)

        fileprivate var ticket: Ticket? {
            switch self {
            case .fresh(let ticket): ticket
            case .remembered(let logon): logon.ticket
            }
        }

        /// When that was, in seconds since 1970; `nil` for now.
        fileprivate var time: Int64? {
            switch self {
            case .fresh: nil
            case .remembered(let logon): logon.authenticatedAt
            }
        }
    }

    /// Begins a session, with a refresh token where the scope has one and nothing else is done with it.
    ///
    /// - Returns: `nil` when the person was disabled or deleted, or the client, this very moment.
    func begin(
        _ principal: Principal,
        _ client: Client,
        _ scope: Scope,
        _ authentication: Authentication,
        _ continuation: @Sendable (String, isolated Connection) throws -> Void
    ) async throws -> Grant? {
        let id = UUID().uuidString.lowercased()
        let key = scope.contains(.offlineAccess) ? RefreshToken.makeKey() : nil
        let token = key.map { RefreshToken(firstOf: id, key: $0) }
        let grant = try await database.transaction { connection -> Grant? in
            let held = try PrincipalStore.hold(principal.id, in: principal.identityProvider, on: connection)
            guard let held, held.isEnabled, held.generation == principal.generation,
                try ClientStore.serves(client, held.tenant, on: connection)
            else { return nil }
            if case .fresh(let ticket?) = authentication {
                try BrowserLogonStore.remember(held, as: ticket, on: connection)
            }
            let new = NewSession(id: id, key: key, client: client, scope: scope, authentication: authentication)
            let session = Session(
                id: id,
                client: client.id,
                scope: scope,
                authenticatedAt: try Self.insert(new, of: held, on: connection),
                principal: held
            )
            if let token { try Self.keep(token, lasting: client.lifetime, on: connection) }
            try continuation(id, connection)
            try sessions.events.append(
                LogonSucceeded(user: held.id, clientID: client.id, session: id),
                tenant: held.tenant,
                identityProvider: held.identityProvider,
                on: connection
            )
            return Grant(session: session, nonce: nil, refreshToken: token)
        }
        if grant != nil {
            LogonMetrics.succeeded()
            sessions.announce()
        }
        return grant
    }

    private struct NewSession {
        let id: String
        let key: [UInt8]?
        let client: Client
        let scope: Scope
        let authentication: Authentication

        var idle: Int64 { Int64((key == nil ? SessionLifetime.online : client.lifetime.idle) / .seconds(1)) }
        var absolute: Int64 { Int64(client.lifetime.absolute / .seconds(1)) }
    }

    /// - Returns: When the person signed in, in seconds since 1970.
    private static func insert(
        _ new: NewSession,
        of principal: Principal,
        on connection: isolated Connection
    ) throws -> Int64 {
        let rows = try connection.run(
            """
            insert into verifier.sessions
                (id, idp_id, user_id, tenant_id, client_id, scope, authenticated_at, expires_at, ends_at,
                browser_logon, wants_notice, refresh_key)
            values (\(new.id), \(principal.identityProvider.uuid), \(principal.id.uuid), \(principal.tenant.uuid),
                \(new.client.id), \(new.scope.description),
                coalesce(to_timestamp(\(new.authentication.time)::bigint), now()),
                now() + make_interval(secs => \(min(new.idle, new.absolute))),
                now() + make_interval(secs => \(new.absolute)), \(new.authentication.ticket?.digest),
                \(new.client.configuration.backchannelLogoutURI != nil), \(new.key))
            returning floor(extract(epoch from authenticated_at))::bigint
            """
        )
        return try rows[0].decode(Int64.self)
    }
}
