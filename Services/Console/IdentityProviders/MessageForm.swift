import Web

/// Whom WeCom messages go to, as a form shows it.
struct MessageForm: Sendable {
    let base: String
    let version: String
    let isOn: Bool
    let recipients: String
    let kinds: [KindChoice]
    let mayChange: Bool

    init(_ provider: IdentityProvider, _ settings: MessageSettings, _ visit: Visit) {
        base = "/idps/\(provider.id)"
        version = "\(settings.revision)"
        isOn = settings.enabled
        recipients = visit.form["recipients"] ?? settings.recipients.joined(separator: "\n")
        kinds = KindChoice.all(chosen: settings.kinds, visit.texts)
        mayChange = visit.may(.admin)
    }
}
