import Dispatch
import Foundation
import Glibc
import Synchronization

/// Stands between a client and a server, and can swallow all that either says, as a network that is cut off does:
/// no connection breaks, and nobody answers.
public final class SwallowingProxy: Sendable {
    /// Where it listens, on 127.0.0.1.
    public let port: Int
    private let listener: Int32
    private let upstream: UInt16
    private let isSwallowing = Atomic(false)
    private let isClosed = Atomic(false)
    private static let queue = DispatchQueue(label: "proxy", attributes: .concurrent)

    /// - Parameter upstream: The server's port on 127.0.0.1.
    public init(to upstream: Int) throws {
        self.upstream = UInt16(upstream)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0, Self.withLoopback(port: 0, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0
        else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = Self.port(of: listener)
        Self.queue.async { self.accept() }
    }

    private static func port(of listener: Int32) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// The database of `url`, reached through a proxy of its own.
    public static func before(_ url: String) throws -> (proxy: SwallowingProxy, url: String) {
        guard var components = URLComponents(string: url) else { throw POSIXError(.EINVAL) }
        let proxy = try SwallowingProxy(to: components.port ?? 5432)
        components.host = "127.0.0.1"
        components.port = proxy.port
        guard let through = components.string else { throw POSIXError(.EINVAL) }
        return (proxy, through)
    }

    /// From now on nothing passes, and new connections are taken and not answered.
    public func swallow() { isSwallowing.store(true, ordering: .relaxed) }

    /// From now on all passes again; what was swallowed is gone.
    public func pass() { isSwallowing.store(false, ordering: .relaxed) }

    /// Takes no more connections; those that stand end with their clients.
    public func close() {
        isClosed.store(true, ordering: .relaxed)
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    private func accept() {
        while !isClosed.load(ordering: .relaxed) {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard Self.withLoopback(port: upstream, { connect(server, $0, $1) }) == 0 else {
                Glibc.close(client)
                Glibc.close(server)
                continue
            }
            let pumps = DispatchGroup()
            for (from, to) in [(client, server), (server, client)] {
                Thread.detachNewThread { self.pump(from, to, pumps) }
                pumps.enter()
            }
            pumps.notify(queue: Self.queue) {
                Glibc.close(client)
                Glibc.close(server)
            }
        }
    }

    /// Carries bytes one way until either end is closed.
    private func pump(_ source: Int32, _ target: Int32, _ pumps: DispatchGroup) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(source, &buffer, buffer.count, 0), count > 0 {
            if isSwallowing.load(ordering: .relaxed) { continue }
            guard send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(target, Int32(SHUT_RDWR))
        pumps.leave()
    }

    private static func withLoopback(
        port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
