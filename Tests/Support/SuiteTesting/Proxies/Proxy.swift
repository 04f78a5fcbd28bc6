import NIOCore
import NIOPosix
import Synchronization

/// Stands between one program and a server, and can be made to swallow everything, as a network does that lost its
/// way: nothing is refused, nothing is closed, nothing arrives. Neither side hears of the other's end. It can also lose
/// the answers alone, hold everything up, or close whatever is open and opened.
public final class Proxy: Sendable {
    /// What takes the place of what in the server's answers; both of one length, so that no frame changes its size.
    struct Replacement: Sendable {
        let original: [UInt8]
        let substitute: [UInt8]
    }

    /// Where it listens, on loopback.
    public let port: Int
    private let listener: any Channel
    private let flow: Flow

    private init(listener: any Channel, port: Int, flow: Flow) {
        self.listener = listener
        self.port = port
        self.flow = flow
    }

    /// Stands before a server that speaks only when it is spoken to.
    public static func before(host: String, port: Int) async throws -> Proxy {
        try await listen(host, port) { _ in nil }
    }

    /// Stands before a broker of Kafka: where the broker says where it is to be found, it is at the proxy.
    ///
    /// - Parameter broker: Host and port, as the broker itself tells them in its answers.
    public static func beforeBroker(host: String, port: Int) async throws -> Proxy {
        try await listen(host, port) { own in
            Replacement(original: address(host, port), substitute: address(host, own))
        }
    }

    /// Nothing that either side says arrives any more, nor that it closed.
    public func swallow() { flow.cut() }

    /// What the program says arrives, and nothing of what it is answered.
    public func swallowAnswers() { flow.turn(.deaf) }

    /// Everything arrives later.
    public func slow(by delay: Duration) { flow.turn(.slow(delay)) }

    /// Every connection is closed, and so is each that is made.
    public func refuse() { flow.refuse() }

    /// Closes every connection, and passes on what comes by new ones.
    public func heal() { flow.heal() }

    /// Ends it, with all connections.
    public func close() async {
        try? await listener.close()
        flow.heal()
    }

    /// As metadata and the like carry it: the host's text and four bytes of port.
    private static func address(_ host: String, _ port: Int) -> [UInt8] {
        let port = UInt32(port)
        return Array(host.utf8) + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: port >> $0) }
    }

    private static func listen(
        _ host: String,
        _ port: Int,
        _ replacement: @escaping @Sendable (_ ownPort: Int) -> Replacement?
    ) async throws -> Proxy {
        let flow = Flow()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { client in
                let own = client.localAddress?.port ?? 0
                return connect(client, to: host, port, flow, replacement(own))
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        return Proxy(listener: listener, port: listener.localAddress?.port ?? 0, flow: flow)
    }

    private static func connect(
        _ client: any Channel,
        to host: String,
        _ port: Int,
        _ flow: Flow,
        _ replacement: Replacement?
    ) -> EventLoopFuture<Void> {
        // What nobody handles is dropped: a connection that is made during the cut finds nobody.
        guard flow.admit(client) else {
            if flow.isRefusing { client.close(promise: nil) }
            return client.eventLoop.makeSucceededVoidFuture()
        }
        return ClientBootstrap(group: client.eventLoop).connect(host: host, port: port).flatMapThrowing { server in
            _ = flow.admit(server)
            try client.pipeline.syncOperations.addHandler(Passing(to: server, flow))
            try server.pipeline.syncOperations.addHandler(Passing(to: client, flow, answers: true, replacement))
        }
    }
}
