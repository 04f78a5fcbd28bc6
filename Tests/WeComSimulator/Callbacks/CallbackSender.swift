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

    /// Each try is encrypted anew, under a new nonce.
    func send(_ event: CommandEvent, to template: Template) async -> Delivery {
        let message = event.xml(suiteID: template.id, second: clock.second)
        var delivery = Delivery(attempts: 0, status: nil, body: "", failure: "")
        for attempt in 1...Self.tries {
            do {
                let request = try makeRequest(message, receiver: template.id, to: template)
                last.withLock { $0[template.id] = request }
                delivery = await post(request, to: template)
            } catch {
                delivery.failure = "\(error)"
            }
            delivery.attempts = attempt
            if delivery.status != nil { return delivery }
            logger.warning(
                "callback not answered",
                metadata: ["attempt": "\(attempt)", "url": "\(template.callbackURL)"]
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

    func lastRequest(to templateID: String) -> CallbackRequest? { last.withLock { $0[templateID] } }

    /// One try, whatever the request says.
    func post(_ callback: CallbackRequest, to template: Template) async -> Delivery {
        var request = HTTPClientRequest(url: url(template, callback.query))
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "text/xml; charset=utf-8")
        request.body = .bytes(ByteBuffer(string: callback.body))
        return await execute(request)
    }

    /// The URL verification that the console does on "save": the provider's corp ID is the receiver (wecom.md §2.2).
    func verify(_ template: Template, echo: String) async throws -> Delivery {
        let callback = try makeRequest(echo, receiver: template.providerCorpID, to: template)
        let query = "\(callback.query)&echostr=\(callback.percentEncoded)"
        return await execute(HTTPClientRequest(url: url(template, query)))
    }

    private func url(_ template: Template, _ query: String) -> String {
        template.callbackURL + (template.callbackURL.contains("?") ? "&" : "?") + query
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
