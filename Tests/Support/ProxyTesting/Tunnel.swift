import Foundation
import NIOCore
import NIOPosix

/// One connection to a proxy: a CONNECT, and then whatever both sides say.
final class Tunnel: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let address: String
    private let credentials: ConnectProxy.Credentials?
    private let log: ProxyLog
    private var head = ""
    private var peer: (any Channel)?

    init(leavingBy address: String, asking credentials: ConnectProxy.Credentials?, log: ProxyLog) {
        self.address = address
        self.credentials = credentials
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if let peer {
            log.passed(buffer)
            peer.writeAndFlush(buffer, promise: nil)
            return
        }
        head += String(buffer: buffer)
        if head.contains("\r\n\r\n") { open(context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        log.closed(context.channel)
        peer?.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func open(_ context: ChannelHandlerContext) {
        let lines = head.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        guard words.count == 3, words[0] == "CONNECT", let colon = words[1].lastIndex(of: ":"),
            let port = Int(words[1][words[1].index(after: colon)...])
        else { return refuse("405 Method Not Allowed", context) }
        log.asked(for: words[1])
        guard isKnown(lines) else {
            log.refused()
            return refuse("407 Proxy Authentication Required\r\nProxy-Authenticate: Basic", context)
        }
        connect(to: String(words[1][..<colon]), port, context)
    }

    private func isKnown(_ lines: [String]) -> Bool {
        guard let credentials else { return true }
        let code = Data("\(credentials.user):\(credentials.password)".utf8).base64EncodedString()
        return lines.contains { $0.lowercased().hasPrefix("proxy-authorization:") && $0.hasSuffix("Basic \(code)") }
    }

    private func connect(to host: String, _ port: Int, _ context: ChannelHandlerContext) {
        let (client, log) = (context.channel, log)
        do {
            let own = try SocketAddress(ipAddress: address, port: 0)
            let connection = ClientBootstrap(group: context.eventLoop).bind(to: own).channelInitializer { server in
                log.opened(server)
                return server.eventLoop.makeCompletedFuture {
                    try server.pipeline.syncOperations.addHandler(Answering(client, log))
                }
            }.connect(host: host, port: port)
            connection.assumeIsolated().whenComplete { result in
                switch result {
                case .success(let server):
                    self.peer = server
                    context.writeAndFlush(
                        self.wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n")),
                        promise: nil
                    )
                case .failure: self.refuse("502 Bad Gateway", context)
                }
            }
        } catch {
            refuse("500 Internal Server Error", context)
        }
    }

    private func refuse(_ status: String, _ context: ChannelHandlerContext) {
        let answer = "HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        context.close(promise: nil)
    }
}

/// Passes on what the server says.
final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let client: any Channel
    private let log: ProxyLog

    init(_ client: any Channel, _ log: ProxyLog) {
        self.client = client
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        log.closed(context.channel)
        client.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
