import Foundation
import NIOCore
import NIOFoundationCompat

/// Passes on what one side of a proxied connection says, and that it closed, as long as anything flows.
final class Passing: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let peer: any Channel
    private let flow: Flow
    private let isAnswering: Bool
    private let original: Data
    private let substitute: Data
    /// The end of what came, which could be the beginning of what is to be replaced.
    private var held = Data()

    /// - Parameter isAnswering: Whether it is the server that speaks.
    init(
        to peer: any Channel,
        _ flow: Flow,
        answers isAnswering: Bool = false,
        _ replacement: Proxy.Replacement? = nil
    ) {
        self.peer = peer
        self.flow = flow
        self.isAnswering = isAnswering
        original = Data(replacement?.original ?? [])
        substitute = Data(replacement?.substitute ?? [])
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let mode = flow.mode
        guard mode != .cut, mode != .deaf || !isAnswering else { return }
        let buffer = unwrapInboundIn(data)
        guard !original.isEmpty else { return pass(on: buffer, mode, context.eventLoop) }
        held.append(Data(buffer: buffer))
        replace()
        let kept = beginningAtEnd()
        pass(on: ByteBuffer(data: held.prefix(held.count - kept)), mode, context.eventLoop)
        held = Data(held.suffix(kept))
    }

    /// What is slow stays in order: nothing is quicker before ``Flow/heal()``, which closes the connection.
    private func pass(on buffer: ByteBuffer, _ mode: Flow.Mode, _ loop: any EventLoop) {
        guard case .slow(let delay) = mode else { return peer.writeAndFlush(buffer, promise: nil) }
        let peer = peer
        loop.scheduleTask(in: TimeAmount(delay)) { peer.writeAndFlush(buffer, promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        flow.forget(context.channel)
        if !flow.isCut { peer.close(promise: nil) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func replace() {
        var start = held.startIndex
        while let found = held.range(of: original, in: start..<held.endIndex) {
            held.replaceSubrange(found, with: substitute)
            start = found.upperBound
        }
    }

    private func beginningAtEnd() -> Int {
        for count in stride(from: min(original.count - 1, held.count), to: 0, by: -1)
        where held.suffix(count).elementsEqual(original.prefix(count)) {
            return count
        }
        return 0
    }
}
