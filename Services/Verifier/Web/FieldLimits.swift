import Web

/// How long what people and clients enter may be, in bytes: nobody needs more, and some of it is kept.
enum FieldLimits {
    private static let limits = [
        "client_assertion": token, "client_assertion_type": 100, "client_id": client, "client_secret": secret,
        "code": 512, "code_challenge": 128, "code_challenge_method": 16,
        "code_verifier": 128, "confirmation": token, "device_code": 512, "enterprise_id": 64, "grant_type": 64,
        "id_token_hint": token, "idp": 64,
        "login_hint": 512, "max_age": 20, "nonce": 500, "post_logout_redirect_uri": uri, "prompt": 64,
        "redirect_uri": uri, "refresh_token": 512, "request": token, "request_uri": 512, "response_mode": 64,
        "response_type": 64, "scope": 1_000, "state": 2_000, "token": token, "token_type_hint": 64,
        "ui_locales": 200, "user_code": 64,
    ]

    private static let names = limits.keys.sorted()

    /// A client's name.
    static let client = 200
    /// A client's secret.
    static let secret = 512
    /// An address to go back to.
    static let uri = 2_000
    /// A token of ours.
    static let token = 8_000

    /// A field that is too long, and how long it may be.
    struct Excess: Equatable {
        let field: String
        let limit: Int

        /// What developers are told.
        var sentence: String { "\(field) has more than \(limit) bytes." }

        /// The page for people.
        var page: Page.Untrusted {
            Page.Untrusted(chinese: "字段 \(field) 超过 \(limit) 字节。", english: sentence)
        }
    }

    /// The first of the fields, by name, that is too long. Fields that nobody reads may have any length.
    static func excess(_ form: FormFields) -> Excess? {
        names.lazy.compactMap { excess(form, $0) }.first
    }

    /// The first of the fields that are read, by name, that is given more than once (RFC 6749 §3.1). What nobody reads is
    /// ignored: `resource` may come as often as there are resources (RFC 8707 §2).
    static func repeated(_ form: FormFields) -> String? { names.first { form.all($0).count > 1 } }

    /// Whether one field is too long.
    static func excess(_ form: FormFields, _ field: String) -> Excess? {
        guard let limit = limits[field], let value = form[field], value.utf8.count > limit else { return nil }
        return Excess(field: field, limit: limit)
    }
}
