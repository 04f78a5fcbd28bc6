public import AsyncHTTPClient
import Executors
import NIOCore
import Sealing
import Synchronization

/// The connections by which WeCom is called: our own, and those by way of each proxy that is in use.
///
/// A proxy's name is looked up here, and the address that was found and judged is the one that is called: no later answer
/// of a name server leads elsewhere.
public final class EgressClients: Sendable {
    private struct Route: Hashable {
        let proxy: HTTPProxy
        let address: String
    }

    private struct Entry {
        let client: HTTPClient
        var uses = 0
        var lastUsed = ContinuousClock.now
    }

    private struct State {
        var entries: [Route: Entry] = [:]
        var addresses: [String: (address: String, until: ContinuousClock.Instant)] = [:]
    }

    /// How long a name is not looked up again.
    private static let nameLifetime = Duration.seconds(30)

    private let own: HTTPClient
    private let policy: EgressPolicy
    private let limit: Int
    private let ownerLimit: Int
    private let connections: Int
    private let idleTime: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - own: For calls that leave by our own address; stays the caller's to shut down.
    ///   - policy: Which addresses a proxy may have.
    ///   - limit: Proxies at once.
    ///   - ownerLimit: Proxies of one owner at once, so that who has many pushes nobody else's out.
    ///   - connections: By one proxy at once.
    ///   - idleTime: How long connections by a proxy are kept that nobody uses.
    public init(
        own: HTTPClient,
        policy: EgressPolicy = EgressPolicy(),
        limit: Int = 512,
        ownerLimit: Int = 32,
        connections: Int = 8,
        idleTime: Duration = .seconds(120)
    ) {
        self.idleTime = idleTime
        self.own = own
        self.policy = policy
        self.limit = limit
        self.ownerLimit = ownerLimit
        self.connections = connections
    }

    deinit {
        for entry in state.withLock({ $0.entries.values.map(\.client) }) { entry.shutdown { _ in } }
    }

    /// How many proxies have connections of their own now.
    public var count: Int { state.withLock { $0.entries.count } }

    /// How many of an owner's proxies have connections of their own now.
    func count(of owner: String) -> Int { state.withLock { Self.count(of: owner, in: $0) } }

    /// Closes the connections of all proxies. Nobody may call any more.
    public func close() async {
        let all = state.withLock { state in
            defer { state.entries = [:] }
            return state.entries.values.map(\.client)
        }
        await Self.close(all)
    }

    /// Lends the connections for one call.
    ///
    /// - Throws: ``EgressFailure``; what `body` throws.
    func withClient<Result>(
        through proxy: HTTPProxy?,
        _ body: (HTTPClient) async throws -> Result
    ) async throws -> Result {
        guard let proxy else { return try await body(own) }
        let route = Route(proxy: proxy, address: try await address(of: proxy))
        let client = try await enter(route)
        do {
            let result = try await body(client)
            await leave(route)
            return result
        } catch {
            await leave(route)
            throw error
        }
    }

    private func enter(_ route: Route) async throws -> HTTPClient {
        let (client, idle) = state.withLock { state -> (HTTPClient?, [HTTPClient]) in
            var idle = takeIdle(&state, besides: route)
            if state.entries[route] == nil {
                guard makeRoom(for: route.proxy.owner, in: &state, &idle) else { return (nil, idle) }
                state.entries[route] = Entry(client: makeClient(route))
            }
            state.entries[route]?.uses += 1
            return (state.entries[route]?.client, idle)
        }
        await Self.close(idle)
        guard let client else { throw EgressFailure.tooMany }
        return client
    }

    private func leave(_ route: Route) async {
        let idle = state.withLock { state in
            state.entries[route]?.uses -= 1
            state.entries[route]?.lastUsed = .now
            return takeIdle(&state, besides: route)
        }
        await Self.close(idle)
    }

    private func takeIdle(_ state: inout State, besides route: Route) -> [HTTPClient] {
        let now = ContinuousClock.now
        let idle = state.entries.filter { $0.key != route && $0.value.uses == 0 && now - $0.value.lastUsed > idleTime }
        for key in idle.keys { state.entries[key] = nil }
        return idle.values.map(\.client)
    }

    /// Whoever has many gives up own ones; where all together are too many, whoever has the most does. One that is in use
    /// stays.
    private func makeRoom(for owner: String, in state: inout State, _ idle: inout [HTTPClient]) -> Bool {
        if Self.count(of: owner, in: state) >= ownerLimit {
            idle += Self.takeLongestUnused(of: owner, in: &state)
            guard Self.count(of: owner, in: state) < ownerLimit else { return false }
        }
        guard state.entries.count >= limit else { return true }
        let unused = state.entries.filter { $0.value.uses == 0 }
        let numbers = Dictionary(unused.keys.map { ($0.proxy.owner, 1) }, uniquingKeysWith: +)
        guard let most = numbers.max(by: { $0.value < $1.value }) else { return false }
        idle += Self.takeLongestUnused(of: most.key, in: &state)
        return state.entries.count < limit
    }

    private static func count(of owner: String, in state: State) -> Int {
        state.entries.keys.count(where: { $0.proxy.owner == owner })
    }

    private static func takeLongestUnused(of owner: String, in state: inout State) -> [HTTPClient] {
        let unused = state.entries.filter { $0.key.proxy.owner == owner && $0.value.uses == 0 }
        guard let longest = unused.min(by: { $0.value.lastUsed < $1.value.lastUsed }) else { return [] }
        state.entries[longest.key] = nil
        return [longest.value.client]
    }

    private static func close(_ clients: [HTTPClient]) async {
        for client in clients { try? await client.shutdown() }
    }

    private func makeClient(_ route: Route) -> HTTPClient {
        var configuration = HTTPClient.Configuration.wecom(connections: connections)
        configuration.proxy = .server(
            host: route.address,
            port: route.proxy.port,
            authorization: route.proxy.credentials.map { credentials in
                credentials.password.withValue { .basic(username: credentials.user, password: $0) }
            }
        )
        configuration.timeout.connect = .seconds(5)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}

extension EgressClients {
    /// - Throws: ``EgressFailure``.
    private func address(of proxy: HTTPProxy) async throws -> String {
        if let literal = IPAddress(proxy.host) { return try judged(proxy.host, literal) }
        let now = ContinuousClock.now
        if let known = state.withLock({ $0.addresses[proxy.host] }), known.until > now { return known.address }
        let (host, port) = (proxy.host, proxy.port)
        // On a queue of its own: a tenant whose name server does not answer keeps no other's name waiting.
        let found = try? await BlockingCalls(label: "proxy address").run {
            try SocketAddress.makeAddressResolvingHost(host, port: port).ipAddress
        }
        try Task.checkCancellation()
        guard let found = found ?? nil, let address = IPAddress(found) else { throw EgressFailure.unknownName }
        let judged = try judged(found, address)
        state.withLock { state in
            state.addresses = state.addresses.filter { $0.value.until > now }
            state.addresses[host] = (judged, now + Self.nameLifetime)
        }
        return judged
    }

    private func judged(_ text: String, _ address: IPAddress) throws -> String {
        guard policy.admits(address) else { throw EgressFailure.forbiddenAddress }
        return text
    }
}

/// Why a call could not even be begun.
enum EgressFailure: Error {
    case forbiddenAddress
    case unknownName
    /// So many proxies are in use at this moment.
    case tooMany
}
