public import AsyncHTTPClient
import Executors
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Runtime
public import WeCom

/// A call of an address that somebody else chose, made once: nobody may have us call what only we can reach.
///
/// The name is looked up here and the address judged, and that very address is called, so that nobody can have a name
/// mean another one in between. Redirects are not followed.
public struct ReceiverCall: Sendable {
    /// Why nothing was answered.
    public enum Failure: Error, Equatable, Sendable {
        /// The URL cannot be read.
        case malformedURL
        /// The host's name is not known.
        case unknownHost
        /// The name leads into a network that only we can reach.
        case innerAddress
        /// The receiver was not reached, or did not answer in time.
        case unreachable(String)
    }

    /// Which addresses may be called.
    let isAllowed: @Sendable (IPAddress) -> Bool
    /// How long the receiver may take to answer.
    let timeout: Duration

    /// - Parameters:
    ///   - timeout: How long the receiver may take to answer.
    ///   - isAllowed: Which addresses may be called.
    public init(timeout: Duration, isAllowed: @escaping @Sendable (IPAddress) -> Bool) {
        self.timeout = timeout
        self.isAllowed = isAllowed
    }

    /// Whether a host is written in the one way in which it is also looked up: lower-case letters, digits, `-` and `.`
    /// alone, or an address.
    public static func isPlain(host: String) -> Bool {
        host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }
    }

    /// Sends a request.
    ///
    /// - Returns: The status that the receiver answered.
    /// - Throws: ``Failure``, `CancellationError`.
    @concurrent
    public func send(_ request: HTTPClientRequest) async throws -> Int {
        guard let parts = URLComponents(string: request.url), let written = parts.host, Self.isPlain(host: written)
        else { throw Failure.malformedURL }
        let host = written.filter { !"[]".contains($0) }
        var configuration = HTTPClient.Configuration.direct
        configuration.dnsOverride = [
            host: try await address(of: host, port: parts.port ?? (parts.scheme == "http" ? 80 : 443))
        ]
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(5)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await client.execute(request, timeout: TimeAmount(timeout))
            try await client.shutdown()
            return Int(response.status.code)
        } catch {
            try? await client.shutdown()
            try Task.checkCancellation()
            throw Failure.unreachable((error as? HTTPClientError)?.shortDescription ?? "\(type(of: error))")
        }
    }

    /// Looks a name up, beside all that need not wait for it.
    private func address(of host: String, port: Int) async throws -> String {
        let found = try? await BlockingCalls(label: "receiver address").run {
            try SocketAddress.makeAddressResolvingHost(host, port: port).ipAddress
        }
        guard let text = found ?? nil, let address = IPAddress(text) else { throw Failure.unknownHost }
        guard isAllowed(address) else { throw Failure.innerAddress }
        return text
    }
}
