import Postgres

extension GrantStore {
    /// What `grant_type` says of a device that asks (RFC 8628 §3.4).
    static let deviceGrantType = "urn:ietf:params:oauth:grant-type:device_code"

    /// What a device that asks is told (RFC 8628 §3.5).
    enum DeviceAnswer: Sendable {
        /// It has its session.
        case granted(Grant)
        /// The person has not answered yet.
        case pending
        /// The same, and it asks too often.
        case tooFast
        /// The person said no.
        case denied
        /// The person took too long.
        case expired
        /// What it showed does not entitle it to tokens.
        case refused(GrantStore.Refusal)
    }

    /// Lets a device in: begins the session that it gets its tokens of.
    ///
    /// - Throws: ``NotBegun`` where person or client may not this very moment, or the device waits no more.
    func allow(
        _ code: UserCode,
        _ waiting: DeviceGrantStore.Waiting,
        of client: Client,
        as logon: BrowserLogonStore.BrowserLogon
    ) async throws {
        let scope = waiting.scope.limited(to: client.scope)
        _ = try await begin(logon.principal, client, scope, .remembered(logon), .device(code))
    }

    /// Answers a device that asks for its tokens, which it gets once.
    ///
    /// Its row is locked before its session is, so that of many who show the same code exactly one wins. A second use
    /// ends the session, as that of any code does.
    ///
    /// - Parameter admits: Whether the session may go on; what it throws leaves the device as it is.
    func poll(
        _ text: String,
        by client: Client,
        admitting admits: @Sendable (Session) throws -> Bool
    ) async throws -> DeviceAnswer {
        let digest = Ticket.digest(of: text)
        return try await database.transaction { connection -> DeviceAnswer in
            guard let row = try connection.run(DeviceGrantStore.lock(digest)).first else { return .refused(.unknown) }
            let device = try DeviceGrant(row)
            switch device.standing(for: client) {
            case .foreign: return .refused(.foreign)
            case .repeated: return .refused(.repeated)
            case .reused:
                if let session = device.session { try SessionStore.end(session, because: .reuse, on: connection) }
                return .refused(.reused)
            case .denied: return .denied
            case .expired: return .expired
            case .tooFast:
                try connection.end(with: [DeviceGrantStore.polled(digest, isTooFast: true)])
                return .tooFast
            case .pending:
                try connection.end(with: [DeviceGrantStore.polled(digest, isTooFast: false)])
                return .pending
            case .allowed(let id):
                return try Self.take(digest, id, for: client, admitting: admits, on: connection)
            }
        }
    }

    private static func take(
        _ digest: [UInt8],
        _ id: String,
        for client: Client,
        admitting admits: @Sendable (Session) throws -> Bool,
        on connection: isolated Connection
    ) throws -> DeviceAnswer {
        let (session, state, _) = try Self.lock("\(id)", on: connection)
        guard let session else { return .refused(.unknown) }
        guard try admits(session) else { return .refused(.closed) }
        let token = state.map { RefreshToken(firstOf: session.id, key: $0.key) }
        let taking = Self.handOver(session, token, lasting: client.lifetime)
        try connection.end(with: [DeviceGrantStore.use(digest), taking])
        return .granted(Grant(session: session, nonce: nil, refreshToken: token))
    }
}
