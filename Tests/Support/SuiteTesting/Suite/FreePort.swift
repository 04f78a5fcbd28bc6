import Glibc
import Synchronization

/// Finds ports that nobody listens on.
public enum FreePort {
    /// No port could be had.
    struct Unavailable: Error {}

    /// Below those that the kernel gives to outgoing connections (from 32,768), one of which could take a port before
    /// the service that is to have it has started.
    private static let range = 20_000..<32_000
    private static let attempts = 200
    private static let given = Mutex<Set<Int>>([])

    /// A port of loopback that was free just now; never the same one twice.
    public static func find() throws -> Int {
        for _ in 0..<attempts {
            let port = Int.random(in: range)
            if given.withLock({ $0.insert(port).inserted }), isFree(port) { return port }
        }
        throw Unavailable()
    }

    private static func isFree(_ port: Int) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(socket, $0, size) == 0 }
        }
    }
}
