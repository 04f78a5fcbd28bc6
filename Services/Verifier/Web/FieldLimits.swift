import Web

/// How long what people and clients enter may be, in bytes, and that none of it has a NUL: nobody needs more, and some of
/// it is kept.
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

    /// What is shown as a token may be any text: one that is none gets the answer that the endpoint has for that
    /// (RFC 6749 §5.2, RFC 7009 §2.2, RFC 7662 §2.2).
    private static let tokens: Set = ["refresh_token", "token"]

    /// A client's name.
    static let client = 200
    /// A client's secret.
    static let secret = 512
    /// An address to go back to.
    static let uri = 2_000
    /// A token of ours.
    static let token = 8_000

    /// What a field has that it may not have.
    enum Excess: Equatable {
        /// More bytes than that.
        case bytes(field: String, limit: Int)
        /// The character NUL, which PostgreSQL keeps in no text.
        case nul(field: String)

        /// What developers are told.
        var sentence: String {
            switch self {
            case .bytes(let field, let limit): "\(field) has more than \(limit) bytes."
            case .nul(let field): "\(field) has the character NUL."
            }
        }

        /// The page for people.
        var page: Page.Untrusted { Page.Untrusted(chinese: chinese, english: sentence) }

        private var chinese: String {
            switch self {
            case .bytes(let field, let limit): "字段 \(field) 超过 \(limit) 字节。"
            case .nul(let field): "字段 \(field) 含有空字符（NUL）。"
            }
        }
    }

    /// The first of the fields, by name, that has what it may not have. Fields that nobody reads may have anything.
    static func excess(_ form: FormFields) -> Excess? {
        names.lazy.compactMap { excess(form, $0) }.first
    }

    /// The first of the fields that are read, by name, that is given more than once (RFC 6749 §3.1). What nobody reads is
    /// ignored: `resource` may come as often as there are resources (RFC 8707 §2).
    static func repeated(_ form: FormFields) -> String? { names.first { form.all($0).count > 1 } }

    /// What one field has that it may not have.
    static func excess(_ form: FormFields, _ field: String) -> Excess? {
        guard let limit = limits[field], let value = form[field] else { return nil }
        if value.utf8.count > limit { return .bytes(field: field, limit: limit) }
        guard value.utf8.contains(0), !tokens.contains(field) else { return nil }
        return .nul(field: field)
    }
}
