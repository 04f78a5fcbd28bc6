import Hummingbird
import NIOCore

/// A failure that was ordered: which calls it meets, and what they get instead of their answer.
struct Fault: Sendable {
    /// What goes wrong.
    enum Kind: Sendable, Equatable {
        case errcode(Int)
        case http(Int)
        /// Half of the true answer.
        case truncate
        /// The true answer with its lists emptied.
        case empty
        /// The true answer with the first half of its list.
        case short
        /// The true answer, once the change is made.
        case change(OrganisationChange)
        case delay
        /// The connection ends in the middle of the answer.
        case disconnect
        /// HTML where JSON should be.
        case garbage
    }

    /// Such as `user/list`; `*` for all.
    let path: String
    let corpID: String?
    let departmentID: Int?
    /// What the call's parameters have to be, such as `userid` or `tagid`.
    var parameters: [String: String] = [:]
    let kind: Kind
    /// How long the answer is held back, for every kind.
    let seconds: Double
    /// How long it is in force from the first call that it meets; nil: until it is removed.
    let duration: Duration?
    /// When it ends, once it has met a call.
    var end: ContinuousClock.Instant?
    /// How many calls it still meets; nil: all.
    var times: Int?
    /// How many calls still pass before it begins.
    var afterCalls: Int

    func matches(_ call: APICall, corpID: String?) -> Bool {
        guard path == "*" || path == call.path else { return false }
        if let wanted = self.corpID, wanted.lowercased() != corpID?.lowercased() { return false }
        guard parameters.allSatisfy({ call.parameter($0.key)?.lowercased() == $0.value.lowercased() }) else {
            return false
        }
        guard let departmentID else { return true }
        return call.parameter("department_id") ?? call.parameter("id") == String(departmentID)
    }

    /// Whether the fault has not ended yet; the first call that it meets starts its time.
    mutating func isInForce(at now: ContinuousClock.Instant) -> Bool {
        guard let duration else { return true }
        let end = end ?? now + duration
        self.end = end
        return now < end
    }

    /// The failing answer.
    ///
    /// - Parameter change: Makes a change in the caller's corp.
    func respond(
        to call: APICall,
        change: (OrganisationChange) -> Void,
        _ truth: () throws -> ByteBuffer
    ) async throws -> Response {
        if seconds > 0 { try await Task.sleep(for: .seconds(seconds)) }
        switch kind {
        case .errcode(let code): throw Refusal(code, "simulated fault")
        case .http(let status):
            return Self.html("<html><body><h1>\(status)</h1></body></html>", status: .init(code: status))
        case .truncate:
            let bytes = try truth()
            return Gateway.json(bytes.getSlice(at: bytes.readerIndex, length: bytes.readableBytes / 2) ?? bytes)
        case .empty: return Gateway.json(Self.emptied(try truth()))
        case .short: return Gateway.json(ListAnswer(try truth()).firstHalf)
        case .change(let ordered):
            change(ordered)
            return Gateway.json(try truth())
        case .delay: return Gateway.json(try truth())
        case .disconnect: return Self.broken(try truth())
        case .garbage: return Self.html("<!DOCTYPE html><html><body>系统繁忙 \u{1}</body></html>", status: .ok)
        }
    }

    /// The error that ends a connection.
    private struct Disconnected: Error {}

    private static func broken(_ bytes: ByteBuffer) -> Response {
        let part = bytes.getSlice(at: bytes.readerIndex, length: bytes.readableBytes / 2) ?? bytes
        let body = ResponseBody(contentLength: bytes.readableBytes) { writer in
            try await writer.write(part)
            throw Disconnected()
        }
        return Response(status: .ok, headers: [.contentType: "application/json; charset=UTF-8"], body: body)
    }

    private static func html(_ text: String, status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }

    /// Every array of the answer without its elements.
    private static func emptied(_ bytes: ByteBuffer) -> ByteBuffer {
        var name = [UInt8]("{\"errcode\":0,\"errmsg\":\"ok\"".utf8)
        for list in ["userlist", "department_id", "department", "taglist", "agentlist", "dept_user"]
        where bytes.readableBytesView.starts(with: name + Array(",\"\(list)\":[".utf8)) {
            name += Array(",\"\(list)\":[]".utf8)
        }
        return ByteBuffer(bytes: name + Array("}".utf8))
    }
}
