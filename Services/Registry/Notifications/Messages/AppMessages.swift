import Egress
import Messages
import Phrases
import Postgres
import Runtime
import Sealing
import WeCom

/// Sends a notification as a WeCom message from the app, once. WeCom itself sees to it that the same text does not
/// arrive twice.
struct AppMessages: Sendable {
    let providers: IdentityProviderStore
    let settings: MessageSettingsStore
    let wecom: WeComClient
    let keys: SealingKeys
    let phrasebook: Phrasebook

    /// Throws ``DeliveryFailure`` where nothing can be sent, and `WeComError`.
    func send(_ notification: Notification) async throws {
        guard let id = notification.idp, let provider = try await provider(id) else {
            throw DeliveryFailure.switchedOff
        }
        let settings = try await settings.find(id)
        guard settings.isEnabled, !settings.recipients.isEmpty else { throw DeliveryFailure.switchedOff }
        let configuration = provider.configuration
        guard configuration.isConnected, let connection = configuration.connection else {
            throw DeliveryFailure.notConnected
        }
        let secret = try keys.open(connection.secret, context: id.description)
        let wecom = wecom.through(try HTTPProxy.of(configuration, openedBy: keys))
        let token = try await wecom.getToken(corpID: try CorpID(connection.corpID), secret: secret)
        _ = try await wecom.send(
            text: text(of: notification),
            to: settings.recipients,
            from: try AgentID(Int(connection.agentID)),
            token: token
        )
    }

    private func provider(_ id: IdentityProviderID) async throws -> IdentityProvider? {
        let rows = try await providers.ledger.database.run(
            "select \(IdentityProvider.columns) from registry.identity_providers where id = \(id) and not is_deleted"
        )
        return providers.ledger.readable(rows).first
    }

    /// What administrators read: what happened and what to do, in Chinese as far as the phrasebook has it.
    func text(of notification: Notification) -> String {
        var headline = notification.kind.chinese
        if notification.state == .settled { headline = "已恢复:" + headline }
        let lines = [
            "【WeCom Bridge】\(headline)", notification.text("idpName"), said(notification.text("sentence")),
            notification.state == .raised ? said(notification.text("fix")) : nil, notification.at.description,
        ]
        let text = lines.compactMap(\.self).joined(separator: "\n")
        return String(decoding: text.utf8.prefix(2_000), as: UTF8.self)
    }

    private func said(_ english: String?) -> String? {
        english.map { phrasebook.translation(of: $0) ?? $0 }
    }
}

extension Notification {
    fileprivate func text(_ fact: String) -> String? {
        if case .string(let text) = facts[fact] { text } else { nil }
    }
}

extension NotificationKind {
    fileprivate var chinese: String {
        switch self {
        case .removalsHeld: "有待审批的移除"
        case .runFailed: "同步失败"
        case .runLate: "定时同步超时未完成"
        case .quarantined: "同步连续失败,已降低频率"
        case .authorizationLost: "企业微信授权已失效"
        case .rangeNarrowed: "应用可见范围缩小"
        case .ping: "测试通知"
        }
    }
}
