import Messages
import Runtime

/// What differs between two states of an identity provider's settings.
struct SettingsChanges: Sendable, Equatable {
    /// A field before and after; nil where it was not set.
    struct Change: Codable, Sendable, Equatable {
        var from: JSON?
        var to: JSON?
    }

    /// By field.
    var fields: [String: Change] = [:]

    init() {}

    init(from old: [String: JSON], to new: [String: JSON]) {
        for field in Set(old.keys).union(new.keys) where old[field] != new[field] {
            fields[field] = Change(from: old[field], to: new[field])
        }
    }

    init(from old: IdentityProviderConfiguration, to new: IdentityProviderConfiguration) throws {
        try self.init(from: SettingsView(old).fields, to: SettingsView(new).fields)
        if old.connection?.secret != new.connection?.secret, fields["authorization"] == nil {
            fields["secret"] = Change(to: .string("replaced"))
        }
        if old.egress?.credentials != new.egress?.credentials, fields["egress"] == nil {
            fields["egressCredentials"] = Change(to: .string("replaced"))
        }
    }

    var isEmpty: Bool { fields.isEmpty }

    /// The fields and their changes as JSON.
    var json: JSON {
        get throws { try JSON(of: fields) }
    }
}
