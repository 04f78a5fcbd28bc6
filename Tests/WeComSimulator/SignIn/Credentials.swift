/// Who may sign in with which name and password.
enum Credentials {
    /// Why nobody was signed in; the texts are what the page shows.
    enum Failure: String, Error {
        case wrongPassword = "账号或密码错误"
        case disabled = "账号已被禁用"
    }

    private static let outsiderPrefix = "outsider"

    /// An employee of the corp, or anyone whose account begins with `outsider`.
    static func check(_ account: Account, in corp: Corp) throws(Failure) -> SignedIn {
        guard account.password == "pass-\(account.name)" else {
            guard let user = corp.organisation.user(account.name), account.password == Account(ofUser: user.id).password
            else { throw .wrongPassword }
            return try member(user)
        }
        if let user = corp.organisation.user(account.name) { return try member(user) }
        guard account.name.hasPrefix(outsiderPrefix) else { throw .wrongPassword }
        return .outsider(Identifier.derived(prefix: "oW", from: account.name, corp.id))
    }

    private static func member(_ user: User) throws(Failure) -> SignedIn {
        switch user.status {
        case .disabled: throw .disabled
        case .left: throw .wrongPassword
        case .active, .notActivated: return .member(user.id)
        }
    }
}
