import AsyncHTTPClient
import Executors
import FoundationEssentials
import Messages
import NIOCore
import NIOHTTP1
import Runtime
import Sealing
import WeCom

/// Sends a notification to a webhook, once.
///
/// The name is looked up here and the address judged, and that very address is called, so that nobody can have a name
/// mean another one in between. Redirects are not followed.
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
        guard let parts = URLComponents(string: webhook.url), let host = parts.host?.filter({ !"[]".contains($0) })
        else { throw DeliveryFailure.malformedURL }
        let address = try await address(of: host, port: parts.port ?? (parts.scheme == "http" ? 80 : 443))
        let request = try request(notification, webhook, now)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.dnsOverride = [host: address]
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(5)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await client.execute(request, timeout: TimeAmount(timeout))
            try await client.shutdown()
            let status = Int(response.status.code)
            guard (200...299).contains(status) else { throw DeliveryFailure.status(status) }
            return status
        } catch let error as DeliveryFailure {
            throw error
        } catch {
            try? await client.shutdown()
            try Task.checkCancellation()
            throw DeliveryFailure.unreachable((error as? HTTPClientError)?.shortDescription ?? "\(type(of: error))")
        }
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

    /// Looks a name up, beside all that need not wait for it.
    private func address(of host: String, port: Int) async throws -> String {
        let found = try? await BlockingCalls(label: "webhook address").run {
            try SocketAddress.makeAddressResolvingHost(host, port: port).ipAddress
        }
        guard let text = found ?? nil, let address = IPAddress(text) else { throw DeliveryFailure.unknownHost }
        guard policy.isAllowed(address) else { throw DeliveryFailure.innerAddress }
        return text
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
