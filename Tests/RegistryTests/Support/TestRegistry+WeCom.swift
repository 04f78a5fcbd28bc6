import BackgroundWork
import Foundation
import Messages
import Postgres
import Runtime
import Sealing
import Testing
import WeCom

@testable import Registry

/// Who the provider is, and how WeCom pushes to it.
enum Provider {
    static let corpID = "wwprovider00000001"
    static let template = "dk0123456789abcdef"
    static let token = "QDG6eK"
    static let key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

    static func configure(_ settings: inout Settings, wecomURL: String? = nil) {
        settings.provider = try? ProviderCredentials(
            corpID: CorpID(corpID),
            secret: Secret("provider-secret"),
            templateID: SuiteID(template),
            templateSecret: Secret("template-secret")
        )
        settings.callbacks = try? CallbackCrypto(token: token, encodingAESKey: key)
        if let wecomURL { settings.wecomURL = wecomURL }
    }

    static func suiteTicket(_ ticket: String, suite: String = template) -> String {
        event("suite_ticket", "<SuiteTicket><![CDATA[\(ticket)]]></SuiteTicket>", suite: suite)
    }

    static func createAuth(_ code: String, state: String, at time: Int = 1_403_610_513) -> String {
        event(
            "create_auth",
            "<AuthCode><![CDATA[\(code)]]></AuthCode><State><![CDATA[\(state)]]></State><ExtraInfo></ExtraInfo>",
            at: time
        )
    }

    static func corpEvent(_ type: String, corp: String = "ww1e933be11645237c", at time: Int = 1_403_610_513) -> String {
        event(type, "<AuthCorpId><![CDATA[\(corp)]]></AuthCorpId>", at: time)
    }

    static func event(_ type: String, _ fields: String, suite: String = template, at time: Int = 1_403_610_513)
        -> String
    {
        """
        <xml><SuiteId><![CDATA[\(suite)]]></SuiteId><InfoType> <![CDATA[\(type)]]></InfoType>\
        <TimeStamp>\(time)</TimeStamp>\(fields)</xml>
        """
    }
}

/// A request as WeCom would send it, to be spoilt.
struct Push: Sendable {
    var path = "/wecom/callback/command"
    var signature: String
    var timestamp: String
    var nonce: String
    var body: String

    /// Wraps an event up.
    init(
        _ event: String,
        receiver: String = Provider.template,
        path: String = "/wecom/callback/command",
        age: Int = 0,
        nonce: String = String(UInt32.random(in: 0 ... .max)),
        token: String = Provider.token
    ) throws {
        let crypto = try CallbackCrypto(token: token, encodingAESKey: Provider.key)
        let time = String(Int(Date.now.timeIntervalSince1970) - age)
        let parts = try crypto.encrypt(Array(event.utf8), receiver: receiver, nonce: nonce, timestamp: time)
        self.path = path
        self.nonce = nonce
        timestamp = time
        signature = parts.signature
        body = """
            <xml><ToUserName><![CDATA[\(receiver)]]></ToUserName><AgentID></AgentID>\
            <Encrypt><![CDATA[\(parts.encrypted)]]></Encrypt></xml>
            """
    }

    /// Wraps an event up as JSON.
    init(json event: String) throws {
        try self.init(event)
        let encrypted = body.firstRange(of: "<Encrypt><![CDATA[").map { body[$0.upperBound...].prefix { $0 != "]" } }
        body = #"{"tousername":"\#(Provider.template)","encrypt":"\#(encrypted ?? "")","agentid":""}"#
    }

    var uri: String { "\(path)?msg_signature=\(signature)&timestamp=\(timestamp)&nonce=\(nonce)" }
}

extension TestRegistry {
    /// Pushes a request as it is.
    @discardableResult
    func push(_ push: Push) async throws -> Answer {
        try await send(.post, push.uri, text: push.body, key: nil, headers: ["Content-Type": "text/xml"])
    }

    /// Pushes an event, expecting it to be taken, and lets the worker deal with it.
    func push(_ event: String) async throws {
        let answer = try await push(try Push(event))
        try #require(answer.text == "success", "\(answer.text)")
        try await work()
    }

    /// Does all that is to be done about events and what was granted, in one registry after the other.
    ///
    /// - Parameter others: Other registries on the same database, which work beside this one.
    func work(with others: Components...) async throws {
        let all = [components] + others
        var count = 0
        repeat {
            count = try await withThrowingTaskGroup(of: Int.self) { group in
                for components in all {
                    group.addTask {
                        try await components.callbackQueue.drain() + components.codeQueue.drain()
                            + components.authorizationQueue.drain()
                    }
                }
                return try await group.reduce(0, +)
            }
        } while count > 0
    }

    /// Lets the workers try again at once what they have put off, as if a day had gone by.
    func workAgain(with others: Components...) async throws {
        try await database.run("update registry.callbacks set not_before = now() where done_at is null")
        try await database.run("update registry.grants set not_before = now() where done_at is null")
        try await database.run(
            """
            update registry.corp_authorizations
            set not_before = now(), suspected_at = suspected_at - interval '1 day', lost_at = lost_at - interval '1 day'
            """
        )
        if let other = others.first { try await work(with: other) } else { try await work() }
    }

    /// What an identity provider's enterprises granted, newest first, as the API shows it.
    func grants(_ id: IdentityProviderID) async throws -> [JSON] {
        try await send(.get, "idps/\(id)/authorization")["grants"].array
    }

    /// Decides about the newest grant.
    @discardableResult
    func decide(_ decision: String, _ id: IdentityProviderID) async throws -> Answer {
        let grant = try #require(try await grants(id).first)["id"]
        let answer = try await send(.post, "idps/\(id)/authorization/\(decision)", ["grantID": grant])
        try await work()
        return answer
    }

    /// Asks for an authorization; returns its state.
    func requestAuthorization(_ id: IdentityProviderID) async throws -> String {
        let answer = try await send(.post, "idps/\(id)/authorization")
        try #require(answer.status == 201, "\(answer.text)")
        let rows = try await database.run(
            "select state from registry.authorizations where idp = \(id.uuid) order by created_at desc limit 1"
        )
        return try #require(rows.first).decode(String.self)
    }

    /// The newest configuration that was published.
    func configuration() async throws -> IdentityProviderConfiguration {
        try #require(try await published(TopicCatalogue.configuration).last).decode(IdentityProviderConfiguration.self)
    }

    /// The plain text of a connection's secret.
    func secret(_ configuration: IdentityProviderConfiguration) throws -> String {
        let sealed = try #require(configuration.connection).secret
        return try Self.sealingKeys.open(sealed, context: configuration.id.description).withValue { $0 }
    }
}

/// Runs a test against a registry that is a provider, and a stub of WeCom.
func withProvider(_ test: @escaping @Sendable (TestRegistry, WeComStub) async throws -> Void) async throws {
    try await WeComStub.run { wecom, url in
        try await withRegistry({ Provider.configure(&$0, wecomURL: url) }) { registry in
            try await test(registry, wecom)
        }
    }
}
