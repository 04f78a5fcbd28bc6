import AsyncHTTPClient
import Egress
import FoundationEssentials
import Messages
import NIOCore
import NIOHTTP1
import Sealing

/// Sends a notification to a webhook, once.
struct WebhookSender: Sendable {
    let policy: WebhookPolicy
    let keys: SealingKeys
    let publicURL: String
    /// How long a receiver may take to answer.
    var timeout: Duration = .seconds(10)

    /// Returns the receiver's status, a success. Throws ``DeliveryFailure``.
    ///
    /// - Parameter now: By the database's clock, as receivers refuse what seems old.
    @concurrent
    func send(_ notification: Notification, to webhook: Webhook, at now: Timestamp) async throws -> Int {
        let request = try request(notification, webhook, now)
        let status: Int
        do {
            status = try await ReceiverCall(timeout: timeout, isAllowed: policy.isAllowed).send(request)
        } catch let failure as ReceiverCall.Failure {
            throw DeliveryFailure(failure)
        }
        guard (200...299).contains(status) else { throw DeliveryFailure.status(status) }
        return status
    }

    private func request(_ notification: Notification, _ webhook: Webhook, _ now: Timestamp) throws -> HTTPClientRequest
    {
        let body = try CloudEvent(notification, publicURL: publicURL).body
        var sealed = [webhook.secret]
        if let former = webhook.former, let until = webhook.formerUntil, until > now { sealed.append(former) }
        let signature = WebhookSignature(
            body,
            id: notification.id.uuidString.lowercased(),
            second: now.millisecondsSince1970 / 1_000,
            secrets: try sealed.map { try keys.open($0, context: Webhook.context(webhook.id)) }
        )
        var request = HTTPClientRequest(url: webhook.url)
        request.method = .POST
        request.headers.add(name: "content-type", value: CloudEvent.contentType)
        request.headers.add(name: "user-agent", value: "wecom-bridge")
        for (name, value) in signature.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(body)
        return request
    }
}

/// Why a notification did not arrive.
enum DeliveryFailure: Error, Equatable, CustomStringConvertible {
    case malformedURL
    case unknownHost
    /// The name leads into a network that only we can reach.
    case innerAddress
    case unreachable(String)
    case status(Int)
    /// It failed a moment ago, and is left alone for a while.
    case resting
    case notConnected
    case switchedOff

    init(_ failure: ReceiverCall.Failure) {
        switch failure {
        case .malformedURL: self = .malformedURL
        case .unknownHost: self = .unknownHost
        case .innerAddress: self = .innerAddress
        case .unreachable(let kind): self = .unreachable(kind)
        }
    }

    /// What happened, without what the receiver said.
    var description: String {
        switch self {
        case .malformedURL: "The URL cannot be read."
        case .unknownHost: "The host's name is not known."
        case .innerAddress: "The host's name leads to an address that is not of the public internet."
        case .unreachable(let kind): "The receiver was not reached, or did not answer in time: \(kind)."
        case .status(let code): "The receiver answered \(code)."
        case .resting: "Deliveries to this webhook failed a moment ago; it is left alone for a while."
        case .switchedOff: "It was switched off before this could be sent."
        case .notConnected: "The identity provider is not connected to WeCom."
        }
    }

    /// The status that the receiver answered.
    var status: Int? { if case .status(let code) = self { code } else { nil } }
}
