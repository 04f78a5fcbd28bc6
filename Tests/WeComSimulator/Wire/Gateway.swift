import Hummingbird
import NIOCore

/// Where every API call passes: token, faults, limits, then the endpoint; and HTTP 200 whatever comes of it.
struct Gateway: Sendable {
    private static let prefix = "/cgi-bin/"
    private static let largestBody = 1 << 20

    private let simulator: Simulator
    private let endpoints: [String: Endpoint]

    init(simulator: Simulator) {
        self.simulator = simulator
        let tables = [
            TokenEndpoints(simulator: simulator).table, SuiteEndpoints(simulator: simulator).table,
            PermanentCodeEndpoints(simulator: simulator).table, AgentEndpoints(simulator: simulator).table,
            DepartmentEndpoints().table, UserEndpoints().table, TagEndpoints().table,
            IdentityEndpoints(simulator: simulator).table, NetworkEndpoints().table,
            MessageEndpoints(simulator: simulator).table,
        ]
        endpoints = tables.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    }

    func addRoutes(to router: Router<SimulatorContext>) {
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/cgi-bin/**", method: method) { try await respond(to: $0, context: $1) }
        }
    }

    private func respond(to request: Request, context: SimulatorContext) async throws -> Response {
        let path = String(request.uri.path.dropFirst(Self.prefix.count))
        guard let endpoint = endpoints[path] else { return Response(status: .notFound) }
        let call = APICall(
            path: path,
            method: request.method,
            query: Dictionary(
                request.uri.queryParameters.map { (String($0.key), String($0.value)) },
                uniquingKeysWith: { first, _ in first }
            ),
            body: try await request.body.collect(upTo: Self.largestBody),
            remoteAddress: context.remoteAddress,
            authority: request.head.authority ?? "127.0.0.1"
        )
        do {
            let permit = try authorize(call, endpoint)
            return try await respond(to: call, endpoint, permit)
        } catch let refusal as Refusal {
            return refuse(call, refusal)
        }
    }

    /// Answers a call whose token is good: the fault that was ordered for it, or what the endpoint says.
    private func respond(to call: APICall, _ endpoint: Endpoint, _ permit: Permit) async throws -> Response {
        let corpID = permit.corpID ?? call.parameter("corpid")
        let passage = simulator.statistics.enter(call.path, corpID: corpID)
        defer { simulator.statistics.leave(passage) }
        if endpoint.isLimited {
            try simulator.limits.admit(call.path, corpID: corpID, concurrency: passage.concurrency)
        }
        guard simulator.faults.areSet, let fault = simulator.faults.take(for: call, corpID: corpID) else {
            return Self.json(try work(endpoint, call, permit))
        }
        let corp = corpID.flatMap { simulator.corps.corp($0) }
        return try await fault.respond(to: call, change: { change in corp?.withState { $0.apply(change) } }) {
            try work(endpoint, call, permit)
        }
    }

    private func work(_ endpoint: Endpoint, _ call: APICall, _ permit: Permit) throws(Refusal) -> ByteBuffer {
        do {
            switch (endpoint.work, permit) {
            case (.open(let work), _): return try work(call).bytes
            case (.access(let work), .access(let grant)): return try work(call, grant).bytes
            case (.suite(let work), .suite(let grant)): return try work(call, grant).bytes
            case (.provider(let work), .provider(let grant)): return try work(call, grant).bytes
            default: throw Refusal.invalidAccessToken
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(-1, "system error")
        }
    }

    private func refuse(_ call: APICall, _ refusal: Refusal) -> Response {
        simulator.statistics.refused(call.path, code: refusal.code)
        return Self.json(refusal.body(for: call, at: simulator.clock.second))
    }

    static func json(_ bytes: ByteBuffer, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json; charset=UTF-8"],
            body: .init(byteBuffer: bytes)
        )
    }
}

// MARK: Tokens

extension Gateway {
    /// What the call's token allows.
    private enum Permit {
        case open
        case access(AccessGrant)
        case suite(SuiteGrant)
        case provider(ProviderGrant)

        var corpID: String? {
            switch self {
            case .access(let grant): grant.corp.id
            case .provider(let grant): grant.provider.corpID
            case .suite(let grant): grant.template.providerCorpID
            case .open: nil
            }
        }
    }

    private func authorize(_ call: APICall, _ endpoint: Endpoint) throws(Refusal) -> Permit {
        guard endpoint.method == call.method || endpoint.method == .get else { throw .invalidParameter }
        switch endpoint.work {
        case .open: return .open
        case .access: return .access(try accessGrant(call))
        case .suite: return .suite(try suiteGrant(call))
        case .provider: return .provider(try providerGrant(call))
        }
    }

    private func accessGrant(_ call: APICall) throws(Refusal) -> AccessGrant {
        guard let token = call.parameter("access_token") else { throw .missingAccessToken }
        let holder = try simulator.tokens.holder(
            of: token,
            invalid: .invalidAccessToken,
            expired: .expiredAccessToken
        )
        switch holder {
        case .agent(let corpID, let agentID):
            guard let corp = simulator.corps.corp(corpID), let agent = corp.agent(agentID) else {
                throw .invalidAccessToken
            }
            guard !agent.isClosed else { throw .disabledAgent }
            try agent.requireTrust(in: call)
            return AccessGrant(corp: corp, agent: agent)
        case .contactSync(let corpID):
            guard let corp = simulator.corps.corp(corpID) else { throw .invalidAccessToken }
            return AccessGrant(corp: corp, agent: nil)
        case .suite, .provider: throw .invalidAccessToken
        }
    }

    private func suiteGrant(_ call: APICall) throws(Refusal) -> SuiteGrant {
        guard let token = call.parameter("suite_access_token") else { throw .missingSuiteToken }
        let holder = try simulator.tokens.holder(of: token, invalid: .invalidSuiteToken, expired: .expiredSuiteToken)
        guard case .suite(let id) = holder, let template = simulator.providers.template(id) else {
            throw .invalidSuiteToken
        }
        return SuiteGrant(template: template)
    }

    private func providerGrant(_ call: APICall) throws(Refusal) -> ProviderGrant {
        guard let token = call.parameter("provider_access_token") else { throw .missingAccessToken }
        let holder = try simulator.tokens.holder(
            of: token,
            invalid: .invalidAccessToken,
            expired: .expiredAccessToken
        )
        guard case .provider(let corpID) = holder, let provider = simulator.providers.provider(corpID) else {
            throw .invalidAccessToken
        }
        return ProviderGrant(provider: provider)
    }
}

extension Agent {
    /// Throws 60020 where the call comes from an address that the application does not trust.
    func requireTrust(in call: APICall) throws(Refusal) {
        guard trustedAddresses.isEmpty || trustedAddresses.contains(call.remoteAddress) else {
            throw .untrustedAddress
        }
    }
}
