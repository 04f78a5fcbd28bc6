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

    /// Begins a session, with a refresh token where the scope has one. Until its client has come for the tokens it lasts no
    /// longer than what the client gets them by.
    ///
    /// - Parameter entitlement: What its client gets the tokens by; `nil` where it gets them at once.
    /// - Throws: ``NotBegun`` where person or client may not this very moment, the code's request was answered before,
    ///   the browser was made to forget, or too many sessions began by what it remembers.
    func begin(
        _ principal: Principal,
        _ client: Client,
        _ scope: Scope,
        _ authentication: Authentication,
        _ entitlement: Entitlement?
    ) async throws -> Grant {
        // In the order of time, so that a new row's index entry goes to the end.
        let id = UUIDv7.make().uuidString.lowercased()
        let key = scope.contains(.offlineAccess) ? RefreshToken.makeKey() : nil
        let token = key.map { RefreshToken(firstOf: id, key: $0) }
        let new = NewSession(
            id: id,
            key: key,
            token: token,
            client: client,
            scope: scope,
            authentication: authentication,
            entitlement: entitlement
        )
        let grant = try await database.transaction { connection -> Grant in
            let (held, now) = try Self.hold(
                principal,
                for: client,
                by: authentication,
                marking: entitlement?.mark,
                within: limits,
                on: connection
            )
            var statements = [Self.insertion(new, of: held)]
            if let entitlement { statements.append(entitlement.writing(session: id, client: client)) }
            if case .fresh(let ticket?) = authentication {
                statements.append(BrowserLogonStore.remember(held, as: ticket))
            }
            statements += try sessions.events.appending(
                LogonSucceeded(user: held.id, clientID: client.id, session: id),
                tenant: held.tenant,
                identityProvider: held.identityProvider
            )
            try connection.end(with: statements)
            let session = Session(
                id: id,
                client: client.id,
                scope: scope,
                authenticatedAt: authentication.time ?? now,
                principal: held
            )
            return Grant(session: session, nonce: nil, refreshToken: token)
        }
        // The relay is not asked to look at once: it does so soon anyway, and publishing each logon by itself costs as
        // much as the logon.
        LogonMetrics.succeeded()
        return grant
    }

    /// Has a browser remember a person who signed in for a device: the session begins once they let it in.
    ///
    /// - Throws: ``NotBegun`` as ``begin(_:_:_:_:_:)`` does.
    func remember(
        _ principal: Principal,
        for client: Client,
        as ticket: Ticket,
        answering carried: CarriedRequest
    ) async throws {
        try await database.transaction { connection in
            let (held, _) = try Self.hold(
                principal,
                for: client,
                by: .fresh(ticket),
                marking: UsedTickets.use(carried.digest),
                within: limits,
                on: connection
            )
            try connection.end(with: [BrowserLogonStore.remember(held, as: ticket)])
        }
    }

    /// The person, who may not be disabled before the transaction is over, and what time it is in the transaction, in
    /// seconds since 1970; marks what is answered, and counts what begins without anybody being asked.
    private static func hold(
        _ principal: Principal,
        for client: Client,
        by authentication: Authentication,
        marking mark: SQL?,
        within limits: LogonLimits,
        on connection: isolated Connection
    ) throws -> (Principal, now: Int64) {
        var statements = [
            PrincipalStore.hold(principal.id, in: principal.identityProvider), ClientStore.standing(client),
        ]
        if let mark { statements.append(mark) }
        if case .remembered(let logon) = authentication {
            let subject = LogonLimits.subject(principal.id, in: principal.identityProvider)
            statements += [BrowserLogonStore.hold(logon.ticket), limits.counting(.remembered, of: subject)]
        }
        let answers = try connection.pipeline(statements)
        guard let row = answers[0].first else { throw NotBegun(reason: .userDisabled) }
        let held = try PrincipalStore.principal(row.dropFirst(1))
        guard held.isEnabled, held.generation == principal.generation else { throw NotBegun(reason: .userDisabled) }
        if let obstacle = try ClientStore.obstacle(answers[1], to: held.tenant) { throw NotBegun(reason: obstacle) }
        if mark != nil, answers[2].isEmpty { throw NotBegun(reason: .stateReplayed) }
        if case .remembered = authentication { try requireRemembered(answers.suffix(2)) }
        return (held, try row.decode(Int64.self))
    }

    /// - Parameter answers: Whether the browser still remembers the logon, and what came of counting it.
    private static func requireRemembered(_ answers: ArraySlice<[Row]>) throws {
        guard let logon = answers.first, let count = answers.last, !logon.isEmpty else {
            throw NotBegun(reason: .stateExpired)
        }
        do {
            try LogonLimits.count(.remembered, count)
        } catch is LogonLimits.TooMany {
            throw NotBegun(reason: .tooManyTries)
        }
    }

    private struct NewSession {
        let id: String
        let key: [UInt8]?
        let token: RefreshToken?
        let client: Client
        let scope: Scope
        let authentication: Authentication
        let entitlement: Entitlement?

        /// In seconds.
        var absolute: Int64 { Int64(client.lifetime.absolute / .seconds(1)) }

        /// An expression for when it ends unless its client comes for the tokens, or goes on with it.
        var end: SQL {
            if let entitlement { return entitlement.end }
            let idle = Int64((key == nil ? SessionLifetime.online : client.lifetime.idle) / .seconds(1))
            return "now() + make_interval(secs => \(min(idle, absolute)))"
        }
    }

    /// Writes a session down.
    private static func insertion(_ new: NewSession, of principal: Principal) -> SQL {
        """
        insert into verifier.sessions
            (id, idp_id, user_id, tenant_id, client_id, scope, authenticated_at, expires_at, ends_at,
            browser_logon, refresh_key, refresh_counter, refresh_digest, refreshed_at)
        values (\(new.id), \(principal.identityProvider.uuid), \(principal.id.uuid), \(principal.tenant.uuid),
            \(new.client.id), \(new.scope.description),
            coalesce(to_timestamp(\(new.authentication.time)::bigint), now()),
            \(new.end), now() + make_interval(secs => \(new.absolute)), \(new.authentication.ticket?.digest),
            \(new.key), \(new.token?.counter ?? 0), \(new.token?.digest)::bytea,
            case when \(new.token != nil) then now() end)
        """
    }
}

/// What a client gets the tokens of a session by that began without it.
enum Entitlement: Sendable {
    /// A code that the browser brings it.
    case code(NewCode)
    /// The code of a device, which asks by itself.
    case device(UserCode)

    /// Marks what is answered by the session, where that counts once: no row where it was answered before.
    fileprivate var mark: SQL? {
        switch self {
        case .code(let code): code.carried.map { UsedTickets.use($0.digest) }
        case .device(let code): DeviceGrantStore.allow(code)
        }
    }

    /// An expression for when the session ends that nobody came for: a moment after what it is got by has run out, so
    /// that whoever ends sessions then finds one whose client is just coming for it.
    fileprivate var end: SQL {
        switch self {
        case .code: "now() + make_interval(secs => \(NewCode.seconds)) + interval '1 second'"
        case .device(let code): "(\(DeviceGrantStore.end(of: code))) + interval '1 second'"
        }
    }

    /// Writes down that it is good for the session.
    fileprivate func writing(session: String, client: Client) -> SQL {
        switch self {
        case .code(let code): code.insertion(session: session, client: client)
        case .device(let code): DeviceGrantStore.attach(session, to: code)
        }
    }
}

/// A code that a session begins with.
struct NewCode: Sendable {
    let ticket = Ticket.make()
    let request: AuthorizationRequest
    /// What it answers, where that counts once.
    let carried: CarriedRequest?

    fileprivate static let seconds = Int64(GrantStore.codeLifetime / .seconds(1))

    /// Writes the code down.
    fileprivate func insertion(session: String, client: Client) -> SQL {
        """
        insert into verifier.codes (digest, session_id, client_id, redirect_uri, challenge, nonce, expires_at)
        values (\(ticket.digest), \(session), \(client.id), \(request.redirectURI), \(request.challenge),
            \(request.nonce), now() + make_interval(secs => \(Self.seconds)))
        """
    }
}
