import Messages
import Runtime

/// What is asked for a new API key.
struct NewKeyRequest: Sendable {
    var name: String
    var role: Role
    var tenant: TenantID?
    var expiresAt: Timestamp?

    /// The body's fields.
    static var rule: Rule<NewKeyRequest> {
        Form.object { form in
            let name = form.required("name", .title(1...100))
            let role = form.required("role", Rule<Role>.word)
            let tenant = form.optional("tenantID", Rule<TenantID>.identifier("tenant").orNull)
            let expiresAt = form.optional("expiresAt", Rule<Timestamp>.future.orNull)
            guard let name, let role else { return nil }
            return NewKeyRequest(name: name, role: role, tenant: tenant ?? nil, expiresAt: expiresAt ?? nil)
        }
    }
}

/// What is asked for a key's new secret.
struct KeyReplacement: Sendable {
    /// How long the old secret is still good.
    var overlap: Duration
    /// When the key ends; nil where that stays as it is, null where it never does.
    var expiresAt: Timestamp??

    static let usualOverlap: Duration = .seconds(24 * 3_600)

    /// The body's fields.
    static var rule: Rule<KeyReplacement> {
        Form.object { form in
            let hours = form.optional("overlapHours", .integer(in: 0...720, of: "hours"))
            let expiresAt = form.optional("expiresAt", Rule<Timestamp>.future.orNull)
            return KeyReplacement(overlap: hours.map { .seconds($0 * 3_600) } ?? usualOverlap, expiresAt: expiresAt)
        }
    }
}

extension Rule where Value: Identifier {
    /// The id of something.
    static func identifier(_ what: String) -> Rule<Value> {
        Rule { json throws(Mistakes) in
            guard case .string(let text) = json, let id = Value(text) else {
                throw Mistakes("Give the id of a \(what), a UUID in quotes, not \(json.shown).")
            }
            return id
        }
    }
}

extension Rule where Value == Timestamp {
    /// A moment that is still to come, within ten years.
    static var future: Rule<Timestamp> {
        Rule { json throws(Mistakes) in
            guard case .string(let text) = json, let time = Timestamp(text) else {
                throw Mistakes("Give a time such as \"2030-01-31T08:00:00Z\", not \(json.shown).")
            }
            let now = Timestamp.now
            guard time > now, time < now.advanced(by: .seconds(10 * 366 * 86_400)) else {
                throw Mistakes("Give a time that is still to come, at most ten years from now.")
            }
            return time
        }
    }
}
