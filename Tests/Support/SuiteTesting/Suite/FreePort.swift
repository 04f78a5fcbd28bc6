import Glibc

/// Finds ports that nobody listens on.
enum FreePort {
    /// No port could be had.
    struct Unavailable: Error {}

    /// A port of loopback that was free just now.
    static func find() throws -> Int {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Unavailable() }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                unsafe bind(socket, plain, size) == 0 && getsockname(socket, plain, &size) == 0
            }
        }
        guard isBound else { throw Unavailable() }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
