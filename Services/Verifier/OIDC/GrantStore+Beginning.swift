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

    /// Why no session began.
    struct NotBegun: Error, Equatable {
        let reason: LogonReason
    }

    /// Begins a session, with a refresh token where the scope has one.
    ///
    /// - Parameter code: What the session begins with besides: a code, where it has one.
    /// - Throws: ``NotBegun`` where person or client may not this very moment, or the code's request was answered before.
    func begin(
        _ principal: Principal,
        _ client: Client,
        _ scope: Scope,
        _ authentication: Authentication,
        _ code: NewCode?
    ) async throws -> Grant {
        let id = UUID().uuidString.lowercased()
        let key = scope.contains(.offlineAccess) ? RefreshToken.makeKey() : nil
        let token = key.map { RefreshToken(firstOf: id, key: $0) }
        let new = NewSession(
            id: id,
            key: key,
            token: token,
            client: client,
            scope: scope,
            authentication: authentication
        )
        let grant = try await database.transaction { connection -> Grant in
            let held = try Self.hold(principal, for: client, on: connection)
            var statements = [Self.insertion(new, of: held)]
            if let code { statements += code.insertions(session: id, client: client) }
            if case .fresh(let ticket?) = authentication {
                statements.append(BrowserLogonStore.remember(held, as: ticket))
            }
            statements += try sessions.events.appending(
                LogonSucceeded(user: held.id, clientID: client.id, session: id),
                tenant: held.tenant,
                identityProvider: held.identityProvider
            )
            let answers = try connection.pipeline(statements)
            if code?.carried != nil, answers[NewCode.markPlace].isEmpty { throw NotBegun(reason: .stateReplayed) }
            let session = Session(
                id: id,
                client: client.id,
                scope: scope,
                authenticatedAt: try answers[0][0].decode(Int64.self),
                principal: held
            )
            return Grant(session: session, nonce: nil, refreshToken: token)
        }
        // The relay is not asked to look at once: it does so soon anyway, and publishing each logon by itself costs as
        // much as the logon.
        LogonMetrics.succeeded()
        return grant
    }

    /// The person, who may not be disabled before the transaction is over.
    private static func hold(
        _ principal: Principal,
        for client: Client,
        on connection: isolated Connection
    ) throws -> Principal {
        let answers = try connection.pipeline([
            PrincipalStore.hold(principal.id, in: principal.identityProvider), ClientStore.standing(client),
        ])
        let held = try answers[0].first.map(PrincipalStore.principal)
        guard let held, held.isEnabled, held.generation == principal.generation else {
            throw NotBegun(reason: .userDisabled)
        }
        if let obstacle = try ClientStore.obstacle(answers[1], to: held.tenant) { throw NotBegun(reason: obstacle) }
        return held
    }

    private struct NewSession {
        let id: String
        let key: [UInt8]?
        let token: RefreshToken?
        let client: Client
        let scope: Scope
        let authentication: Authentication

        var idle: Int64 { Int64((key == nil ? SessionLifetime.online : client.lifetime.idle) / .seconds(1)) }
        var absolute: Int64 { Int64(client.lifetime.absolute / .seconds(1)) }
    }

    /// Writes a session down; its row says when the person signed in, in seconds since 1970.
    private static func insertion(_ new: NewSession, of principal: Principal) -> SQL {
        """
        insert into verifier.sessions
            (id, idp_id, user_id, tenant_id, client_id, scope, authenticated_at, expires_at, ends_at,
            browser_logon, wants_notice, refresh_key, refresh_counter, refresh_digest, refreshed_at)
        values (\(new.id), \(principal.identityProvider.uuid), \(principal.id.uuid), \(principal.tenant.uuid),
            \(new.client.id), \(new.scope.description),
            coalesce(to_timestamp(\(new.authentication.time)::bigint), now()),
            now() + make_interval(secs => \(min(new.idle, new.absolute))),
            now() + make_interval(secs => \(new.absolute)), \(new.authentication.ticket?.digest),
            \(new.client.configuration.backchannelLogoutURI != nil), \(new.key), \(new.token?.counter ?? 0),
            \(new.token?.digest)::bytea, case when \(new.token != nil) then now() end)
        returning floor(extract(epoch from authenticated_at))::bigint
        """
    }
}

/// A code that a session begins with.
struct NewCode: Sendable {
    let ticket = Ticket.make()
    let request: AuthorizationRequest
    /// What it answers, where that counts once.
    let carried: CarriedRequest?

    /// Where among the statements of a session that begins the mark of what was answered stands.
    static let markPlace = 2

    /// Writes the code down, and that the request was answered.
    fileprivate func insertions(session: String, client: Client) -> [SQL] {
        let seconds = Int64(GrantStore.codeLifetime / .seconds(1))
        let insertion: SQL = """
            insert into verifier.codes (digest, session_id, client_id, redirect_uri, challenge, nonce, expires_at)
            values (\(ticket.digest), \(session), \(client.id), \(request.redirectURI), \(request.challenge),
                \(request.nonce), now() + make_interval(secs => \(seconds)))
            """
        return [insertion] + (carried.map { [UsedTickets.use($0.digest)] } ?? [])
    }
}
