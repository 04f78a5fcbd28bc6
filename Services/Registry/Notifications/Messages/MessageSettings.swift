import FoundationEssentials
import Messages
import Postgres
import Runtime

/// Whom WeCom messages go to, from the app to administrators that somebody chose.
struct MessageSettings: Sendable, Equatable {
    var isEnabled = false
    /// User ids, as WeCom spells them.
    var recipients: [String] = []
    /// What they are told of; all where it is empty.
    var kinds: [NotificationKind] = []
    var revision = Revision(rawValue: 1)

    static let mostRecipients = 50
}

extension MessageSettings: Encodable {
    private enum CodingKeys: CodingKey { case enabled, recipients, kinds, revision }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(isEnabled, forKey: .enabled)
        try container.encode(recipients, forKey: .recipients)
        try container.encode(kinds, forKey: .kinds)
        try container.encode(revision, forKey: .revision)
    }
}

/// What a request says of them; what it leaves out is nil.
struct MessageSettingsForm: Sendable {
    var isEnabled: Bool?
    var recipients: [String]?
    var kinds: [NotificationKind]?

    static let rule = Form.object { form throws(Mistakes) -> MessageSettingsForm? in
        MessageSettingsForm(
            isEnabled: form.optional("enabled", .boolean),
            recipients: form.optional(
                "recipients",
                ObjectRules.userID.list(upTo: MessageSettings.mostRecipients).then { $0.withoutRepetitions }
            ),
            kinds: form.optional("kinds", WebhookForm.kinds)
        )
    }
}

/// The settings of each identity provider.
struct MessageSettingsStore: Sendable {
    let ledger: Ledger

    /// An identity provider's; off where nobody has set any.
    func find(_ id: IdentityProviderID) async throws -> MessageSettings {
        try await ledger.database.run(Self.select(id)).first.map(Self.settings) ?? MessageSettings()
    }

    /// Changes them. The identity provider's row is locked meanwhile.
    func change(
        _ id: IdentityProviderID,
        by form: MessageSettingsForm,
        expecting expected: ExpectedVersion,
        caller: Caller
    ) async throws -> MessageSettings {
        try await ledger.change { connection in
            guard let provider = try IdentityProviderStore.lock(id, on: connection) else {
                throw Problem.noIdentityProvider
            }
            let rows = try connection.run(Self.select(id))
            var settings = try rows.first.map(Self.settings) ?? MessageSettings()
            guard expected.admits(settings.revision.rawValue) else {
                throw Problem.stale(at: settings.revision.rawValue)
            }
            settings.isEnabled = form.isEnabled ?? settings.isEnabled
            settings.recipients = form.recipients ?? settings.recipients
            settings.kinds = form.kinds ?? settings.kinds
            settings.revision = settings.revision.next
            if settings.isEnabled, settings.recipients.isEmpty {
                throw Problem.invalid([FieldError("recipients", "Give at least one user id, or switch messages off.")])
            }
            try Self.save(settings, of: id, on: connection)
            let entry = AuditEntry("idp.notifications-changed", "idp", id.uuid, of: provider.tenant, by: caller.actor)
            try entry.with([
                "enabled": .boolean(settings.isEnabled), "recipients": .integer(Int64(settings.recipients.count)),
            ]).append(on: connection)
            return settings
        }
    }

    private static func save(
        _ settings: MessageSettings,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            insert into registry.message_settings (idp, revision, is_enabled, recipients, kinds, updated_at)
            values (\(id), \(settings.revision), \(settings.isEnabled), \(settings.recipients)::text[],
                \(settings.kinds)::text[], clock_timestamp())
            on conflict (idp) do update
            set revision = excluded.revision, is_enabled = excluded.is_enabled, recipients = excluded.recipients,
                kinds = excluded.kinds, updated_at = excluded.updated_at
            """
        )
    }

    private static func select(_ id: IdentityProviderID) -> SQL {
        "select is_enabled, recipients, kinds, revision from registry.message_settings where idp = \(id)"
    }

    private static func settings(_ row: Row) throws -> MessageSettings {
        let (isEnabled, recipients, kinds, revision) = try row.decode(
            Bool.self,
            [String].self,
            [String].self,
            Revision.self
        )
        return MessageSettings(
            isEnabled: isEnabled,
            recipients: recipients,
            kinds: kinds.compactMap(NotificationKind.init),
            revision: revision
        )
    }
}
