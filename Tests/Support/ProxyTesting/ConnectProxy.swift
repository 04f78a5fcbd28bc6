import NIOCore
import NIOPosix
import Synchronization

/// An HTTP proxy on loopback, which lets through what asks for it by CONNECT, and remembers what passed.
///
/// What leaves it comes from an address of its own, so that whoever is called can tell it from others.
public final class ConnectProxy: Sendable {
    /// What the proxy knows its user by.
    public struct Credentials: Sendable {
        /// Without a colon.
        public let user: String
        /// The user's password.
        public let password: String

        /// - Parameters:
        ///   - user: Without a colon.
        ///   - password: The user's password.
        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    /// Where it listens, on loopback.
    public let port: Int
    private let listener: any Channel
    private let log: ProxyLog

    private init(listener: any Channel, log: ProxyLog) {
        self.listener = listener
        self.log = log
        port = listener.localAddress?.port ?? 0
    }

    /// - Parameters:
    ///   - port: Where it listens; 0 takes a free one.
    ///   - address: Where what leaves it comes from, such as `127.0.0.2`.
    ///   - credentials: What it asks for, if it does.
    public static func start(
        port: Int = 0,
        leavingBy address: String = "127.0.0.1",
        asking credentials: Credentials? = nil
    ) async throws -> ConnectProxy {
        let log = ProxyLog()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { client in
                log.opened(client)
                return client.eventLoop.makeCompletedFuture {
                    try client.pipeline.syncOperations.addHandler(
                        Tunnel(leavingBy: address, asking: credentials, log: log)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: port)
            .get()
        return ConnectProxy(listener: listener, log: log)
    }

    /// Whom it was asked to let through to, as `host:port`, also where it refused.
    public var targets: [String] { log.targets }

    /// The paths of the requests that passed, where they passed in the clear.
    public var paths: [String] { log.paths }

    /// How many it refused for their credentials.
    public var refusals: Int { log.refusals }

    /// Ends it, with all connections: nothing listens there any more.
    public func stop() async {
        try? await listener.close()
        log.closeAll()
    }
}

/// What a proxy remembers.
final class ProxyLog: Sendable {
    private struct State {
        var targets: [String] = []
        var paths: [String] = []
        var refusals = 0
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = Mutex(State())

    var targets: [String] { state.withLock { $0.targets } }

    var paths: [String] { state.withLock { $0.paths } }

    var refusals: Int { state.withLock { $0.refusals } }

    func opened(_ channel: any Channel) {
        state.withLock { $0.channels[ObjectIdentifier(channel)] = channel }
    }

    func closed(_ channel: any Channel) {
        state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    func asked(for target: String) { state.withLock { $0.targets.append(target) } }

    func refused() { state.withLock { $0.refusals += 1 } }

    /// Notes the requests that begin in these bytes.
    func passed(_ buffer: ByteBuffer) {
        let lines = String(buffer: buffer).split(whereSeparator: \.isNewline)
        let paths = lines.compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { return nil }
            return words[1].split(separator: "?").first.map(String.init)
        }
        state.withLock { $0.paths += paths }
    }

    func closeAll() {
        let channels = state.withLock { state in
            defer { state.channels = [:] }
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
