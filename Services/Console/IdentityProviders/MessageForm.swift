import Web

/// Whom WeCom messages go to, as a form shows it.
struct MessageForm: Sendable {
    let base: String
    let version: String
    let isOn: Bool
    let recipients: String
    let kinds: [KindChoice]
    let mayChange: Bool
    /// What somebody else stored meanwhile.
    let storedNow: StoredNow?

    init(_ provider: IdentityProvider, _ settings: MessageSettings, _ visit: Visit) {
        base = "/idps/\(provider.id)"
        let isTyped = visit.form["version"] != nil
        let stored = settings.recipients.joined(separator: "\n")
        version = visit.version(now: settings.revision)
        isOn = isTyped ? visit.form["enabled"] != nil : settings.enabled
        recipients = isTyped ? visit.form["recipients"] ?? "" : stored
        kinds = KindChoice.all(chosen: isTyped ? visit.form.all("kind") : settings.kinds, visit.texts)
        mayChange = visit.may(.admin)
        let texts = visit.texts
        storedNow = StoredNow(
            [
                StoredValue(
                    texts["notice.sendMessages"],
                    typed: texts[isOn ? "common.yes" : "common.no"],
                    stored: texts[settings.enabled ? "common.yes" : "common.no"]
                ),
                StoredValue(
                    texts["notice.recipients"],
                    typed: recipients.entries.joined(separator: "\n"),
                    stored: stored
                ),
                StoredValue(
                    texts["notice.kinds"],
                    typed: KindChoice.names(kinds),
                    stored: KindChoice.names(KindChoice.all(chosen: settings.kinds, texts))
                ),
            ],
            visit
        )
    }
}
