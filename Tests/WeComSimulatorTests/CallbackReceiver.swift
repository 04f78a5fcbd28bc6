import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import WeComSimulator

/// A provider's callback endpoint: it decrypts what comes, keeps it, and answers what it is told to.
final class CallbackReceiver: Sendable {
    static let token = "QDG6eK"
    static let key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

    private let messages = Mutex<[String]>([])
    private let isSilent = Mutex(false)
    let crypto: CallbackCrypto

    init() throws { crypto = try CallbackCrypto(token: Self.token, encodingAESKey: Self.key) }

    var received: [String] { messages.withLock { $0 } }

    /// Answers nothing any more: connections are closed without a word.
    func fallSilent() { isSilent.withLock { $0 = true } }

    /// Waits for a message that holds the text.
    func message(with text: String, within patience: Duration = .seconds(10)) async throws -> String {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if let message = received.last(where: { $0.contains(text) }) { return message }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Missing(text: text)
    }

    struct Missing: Error { let text: String }
    private struct Silence: Error {}

    private func answer(_ request: Request) async throws -> Response {
        let query = request.uri.queryParameters.reduce(into: [:]) { $0[String($1.key)] = String($1.value) }
        let body = String(buffer: try await request.body.collect(upTo: 1 << 16))
        let encrypted = query["echostr"] ?? element("Encrypt", of: body) ?? ""
        try crypto.verify(
            signature: query["msg_signature"] ?? "",
            timestamp: query["timestamp"] ?? "",
            nonce: query["nonce"] ?? "",
            encrypted: encrypted
        )
        let (message, receiver) = try crypto.decrypt(encrypted)
        let text = String(decoding: message, as: UTF8.self)
        if query["echostr"] != nil { return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: text))) }
        #expect(receiver == element("ToUserName", of: body))
        messages.withLock { $0.append(text) }
        return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "success")))
    }

    fileprivate func makeApplication() -> some ApplicationProtocol {
        let router = Router()
        for method in [HTTPRequest.Method.get, .post] {
            router.on("callback", method: method) { [self] request, _ in
                guard !isSilent.withLock({ $0 }) else {
                    return Response(status: .ok, body: .init(contentLength: 7) { _ in throw Silence() })
                }
                do {
                    return try await answer(request)
                } catch {
                    return Response(status: .forbidden)
                }
            }
        }
        var logger = Logger(label: "receiver")
        logger.logLevel = .critical
        return Application(router: router, logger: logger)
    }
}

/// The text of an element of simple XML.
func element(_ name: String, of xml: String) -> String? {
    guard let start = xml.firstRange(of: "<\(name)>"),
        let end = xml[start.upperBound...].firstRange(of: "</\(name)>")
    else { return nil }
    let text = xml[start.upperBound..<end.lowerBound]
    return text.replacing("<![CDATA[", with: "").replacing("]]>", with: "")
        .trimmingPrefix { $0.isWhitespace }.description
}

/// A provider that is registered with the simulator.
struct TestProvider: Sendable {
    static let corpID = "ww1234567890abcdef"
    static let secret = "provider-secret"
    static let templateID = "dk4asffe9xxx4c0f4c"
    static let templateSecret = "template-secret"

    let wecom: SimulatorClient
    let receiver: CallbackReceiver

    func providerToken() async throws -> String {
        let body: JSON = ["corpid": .string(Self.corpID), "provider_secret": .string(Self.secret)]
        let answer = try await wecom.api("service/get_provider_token", [:], body)
        return try #require(answer["provider_access_token"]?.text)
    }

    func suiteToken() async throws -> String {
        let pushed = try await wecom.control(.post, "provider/ticket")
        let body: JSON = [
            "suite_id": .string(Self.templateID), "suite_secret": .string(Self.templateSecret),
            "suite_ticket": pushed["ticket"] ?? .null,
        ]
        let answer = try await wecom.api("service/get_suite_token", [:], body)
        return try #require(answer["suite_access_token"]?.text)
    }

    func suite(_ path: String, _ body: JSON) async throws -> JSON {
        try await wecom.api("service/\(path)", ["suite_access_token": try await suiteToken()], body)
    }

    /// The path of the page behind a new QR code.
    func authorizationPage(state: String) async throws -> String {
        let answer = try await wecom.api(
            "service/get_customized_auth_url",
            ["provider_access_token": try await providerToken()],
            ["state": .string(state), "templateid_list": [.string(Self.templateID)]]
        )
        let url = try #require(answer["qrcode_url"]?.text)
        return String(try #require(url.firstRange(of: "/customized-auth/").map { url[$0.lowerBound...] }))
    }

    /// Authorizes as the corp's administrator; the permanent code.
    func authorize(_ corp: TestCorp, state: String = "s1") async throws -> String {
        let page = try await wecom.submit(
            authorizationPage(state: state),
            ["corpid": corp.id, "account": corp.administrator.name, "password": corp.administrator.password]
        )
        #expect(String(buffer: page.body).contains("授权成功"))
        let code = try #require(element("AuthCode", of: try await receiver.message(with: "create_auth")))
        let answer = try await suite("v2/get_permanent_code", ["auth_code": .string(code)])
        return try #require(answer["permanent_code"]?.text)
    }
}

/// A WeCom and a provider with its callback endpoint.
func withProvider(_ test: @escaping @Sendable (TestProvider) async throws -> Void) async throws {
    let receiver = try CallbackReceiver()
    try await receiver.makeApplication().test(.live) { endpoint in
        let port = try #require(endpoint.port)
        try await withSimulator { wecom in
            try await wecom.control(
                .post,
                "provider",
                [
                    "corpID": .string(TestProvider.corpID), "secret": .string(TestProvider.secret),
                    "templateID": .string(TestProvider.templateID),
                    "templateSecret": .string(TestProvider.templateSecret),
                    "callbackURL": .string("http://localhost:\(port)/callback"),
                    "token": .string(CallbackReceiver.token), "encodingAESKey": .string(CallbackReceiver.key),
                    "ticketSeconds": 600,
                ]
            )
            try await test(TestProvider(wecom: wecom, receiver: receiver))
        }
    }
}
