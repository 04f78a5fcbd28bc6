import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Sends callbacks as WeCom does: 5 s for an answer, three tries, and again only where no answer came (wecom.md §2.4).
final class CallbackSender: Sendable {
    private static let tries = 3
    private static let patience = TimeAmount.seconds(5)
    private static let largestAnswer = 1 << 16

    private let client: HTTPClient
    private let clock: SimulatorClock
    private let logger: Logger
    /// The last callback that each template got, for whoever wants to replay it.
    private let last = Mutex<[String: CallbackRequest]>([:])

    init(client: HTTPClient, clock: SimulatorClock, logger: Logger) {
        self.client = client
        self.clock = clock
        self.logger = logger
    }

    /// Tells a provider about its template.
    func send(_ event: CommandEvent, to template: Template) async -> Delivery {
        let message = event.xml(suiteID: template.id, second: clock.second)
        return await send(
            CallbackPush(message: message, receiver: template.id, url: template.callbackURL),
            to: template
        )
    }

    /// Each try is encrypted anew, under a new nonce.
    func send(_ push: CallbackPush, to template: Template) async -> Delivery {
        var delivery = Delivery(attempts: 0, status: nil, body: "", failure: "")
        for attempt in 1...Self.tries {
            do {
                let request = try makeRequest(push, to: template)
                if push.url == template.callbackURL { last.withLock { $0[template.id] = request } }
                delivery = await post(request, to: push.url)
            } catch {
                delivery.failure = "\(error)"
            }
            delivery.attempts = attempt
            if delivery.status != nil { return delivery }
            logger.warning(
                "callback not answered",
                metadata: ["attempt": "\(attempt)", "url": "\(push.url)"]
            )
        }
        return delivery
    }

    func makeRequest(_ message: String, receiver: String, to template: Template) throws -> CallbackRequest {
        try CallbackRequest(
            message,
            receiver: receiver,
            toUserName: template.id,
            crypto: template.crypto,
            second: clock.second
        )
    }

    private func makeRequest(_ push: CallbackPush, to template: Template) throws -> CallbackRequest {
        var request = try CallbackRequest(
            push.message,
            receiver: push.receiver,
            toUserName: push.receiver,
            crypto: template.crypto,
            second: clock.second
        )
        request.isJSON = push.isJSON
        return request
    }

    /// One try, whose signature does not fit.
    func forge(_ push: CallbackPush, to template: Template) async throws -> Delivery {
        var request = try makeRequest(push, to: template)
        request.signature = Identifier.hexadecimal(digits: 40)
        return await post(request, to: push.url)
    }

    func lastRequest(to templateID: String) -> CallbackRequest? { last.withLock { $0[templateID] } }

    /// One try, whatever the request says.
    func post(_ callback: CallbackRequest, to template: Template) async -> Delivery {
        await post(callback, to: template.callbackURL)
    }

    private func post(_ callback: CallbackRequest, to url: String) async -> Delivery {
        var request = HTTPClientRequest(url: Self.url(url, callback.query))
        request.method = .POST
        let type = callback.isJSON ? "application/json" : "text/xml"
        request.headers.add(name: "Content-Type", value: "\(type); charset=utf-8")
        request.body = .bytes(ByteBuffer(string: callback.body))
        return await execute(request)
    }

    /// The URL verification that the console does on "save": the provider's corp ID is the receiver (wecom.md §2.2).
    func verify(_ template: Template, echo: String) async throws -> Delivery {
        let callback = try makeRequest(echo, receiver: template.providerCorpID, to: template)
        let query = "\(callback.query)&echostr=\(callback.percentEncoded)"
        return await execute(HTTPClientRequest(url: Self.url(template.callbackURL, query)))
    }

    private static func url(_ url: String, _ query: String) -> String {
        url + (url.contains("?") ? "&" : "?") + query
    }

    private func execute(_ request: HTTPClientRequest) async -> Delivery {
        do {
            let response = try await client.execute(request, timeout: Self.patience)
            let body = try await response.body.collect(upTo: Self.largestAnswer)
            return Delivery(
                attempts: 1,
                status: Int(response.status.code),
                body: String(buffer: body),
                failure: ""
            )
        } catch {
            return Delivery(attempts: 1, status: nil, body: "", failure: "\(error)")
        }
    }
}
