public import AsyncHTTPClient
import JSONCoding
import NIOCore
import NIOHTTP1
import Runtime
import Sealing

/// WeCom's API, call by call: what is asked for is what comes back, or a ``WeComError``.
///
/// The client neither retries nor keeps tokens; ``CorpSession`` and ``ProviderSession`` do.
public final class WeComClient: Sendable {
    /// By which the calls leave; nil for our own address.
    public let proxy: HTTPProxy?

    let clients: EgressClients
    private let apiURL: String
    let limits: Limits
    private let deadlines = Deadlines()

    /// - Parameters:
    ///   - clients: Connections and TLS; stay the caller's to close.
    ///   - proxy: By which the calls leave; nil for our own address.
    ///   - apiURL: WeCom, or the simulator.
    ///   - limits: What one call may take.
    public init(
        clients: EgressClients,
        proxy: HTTPProxy? = nil,
        apiURL: String = "https://qyapi.weixin.qq.com",
        limits: Limits = Limits()
    ) {
        self.clients = clients
        self.proxy = proxy
        self.apiURL = apiURL
        self.limits = limits
    }

    /// - Parameters:
    ///   - http: Connections and TLS; stays the caller's to shut down.
    ///   - apiURL: WeCom, or the simulator.
    ///   - limits: What one call may take.
    public convenience init(
        http: HTTPClient,
        apiURL: String = "https://qyapi.weixin.qq.com",
        limits: Limits = Limits()
    ) {
        self.init(clients: EgressClients(own: http), apiURL: apiURL, limits: limits)
    }

    /// The same WeCom, called by way of a proxy; by our own address without one.
    public func through(_ proxy: HTTPProxy?) -> WeComClient {
        WeComClient(clients: clients, proxy: proxy, apiURL: apiURL, limits: limits)
    }

    /// Sends a call and gives back the whole body of an answer that says no error.
    @concurrent
    func send(_ call: Call) async throws -> [UInt8] {
        try await CallMetrics.counting(call) {
            let body = try await exchange(call)
            try check(call) { () throws(JSONError) in try Envelope(body) }
            return body
        }
    }

    /// Sends a call whose answer is read to its end by `read`, so that it need not be looked through before.
    ///
    /// - Throws: ``WeComError``; what `read` throws, if the answer is whole.
    @concurrent
    func send<Answer: Sendable>(
        _ call: Call,
        _ read: @Sendable ([UInt8]) throws -> Answer
    ) async throws -> Answer {
        try await CallMetrics.counting(call) {
            let body = try await exchange(call)
            try check(call) { () throws(JSONError) in try Envelope(beginning: body) }
            do {
                return try read(body)
            } catch let error as JSONError {
                try check(call) { () throws(JSONError) in try Envelope(body) }
                throw error
            }
        }
    }

    /// Throws the error that the answer says, or that it says nothing whole.
    private func check(_ call: Call, _ read: () throws(JSONError) -> Envelope) throws {
        let envelope: Envelope
        do {
            envelope = try read()
        } catch {
            throw WeComError(.incompleteBody, path: call.path, message: error.description)
        }
        guard envelope.code == 0 else {
            throw WeComError(
                .api(envelope.code),
                path: call.path,
                message: call.presentable(envelope.message),
                hint: envelope.hint
            )
        }
    }

    /// Sends a call and reads the small answer.
    func fields(_ call: Call) async throws -> Fields {
        try await Fields(send(call), path: call.path)
    }

    private func exchange(_ call: Call) async throws -> [UInt8] {
        do {
            // The HTTP client's own limit ends with the answer's head.
            return try await deadlines.within(limits.timeout, else: WeComError(.timeout, path: call.path)) {
                try await self.receive(call)
            }
        } catch let error as WeComError {
            throw error
        } catch {
            throw translate(error, path: call.path)
        }
    }

    private func receive(_ call: Call) async throws -> [UInt8] {
        try await clients.withClient(through: proxy) { http in
            let response = try await http.execute(request(call), timeout: TimeAmount(limits.timeout))
            guard response.status == .ok else { return try await Self.refusal(in: response, to: call) }
            return Self.unmarked(try await response.body.collect(upTo: limits.maximumBody))
        }
    }

    /// The body of an answer under another status than 200, if it tells an error as WeCom does: then WeCom spoke all
    /// the same. What a failing server says is not looked at.
    ///
    /// - Throws: ``WeComError`` for whatever else came under that status; `CancellationError`.
    private static func refusal(in response: HTTPClientResponse, to call: Call) async throws -> [UInt8] {
        let status = Int(response.status.code)
        if status < 500, let buffer = try? await response.body.collect(upTo: largestRefusal) {
            let body = unmarked(buffer)
            if let envelope = try? Envelope(body), envelope.code != 0 { return body }
        }
        try Task.checkCancellation()
        throw WeComError(.status(status), path: call.path)
    }

    /// Bytes of an answer that tells nothing but an error.
    private static let largestRefusal = 64 << 10

    private static func unmarked(_ buffer: ByteBuffer) -> [UInt8] {
        let body = buffer.readableBytesView
        return body.starts(with: byteOrderMark) ? Array(body.dropFirst(3)) : Array(body)
    }

    /// What some programs on the way write before UTF-8; it is no JSON.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    func request(_ call: Call) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: PercentEncoding.url(apiURL, path: "/cgi-bin/" + call.path, call.query))
        request.headers.add(name: "accept", value: "application/json")
        if let body = call.body {
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json; charset=utf-8")
            request.body = .bytes(body.bytes)
        }
        return request
    }
}
