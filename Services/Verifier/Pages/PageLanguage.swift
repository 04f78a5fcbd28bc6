/// The languages that WeCom's sign-in page has. Our own pages show both at once.
enum PageLanguage: String, Sendable {
    case chinese = "zh"
    case english = "en"

    /// The first of the languages of `ui_locales` that there is (OpenID Connect Core §3.1.2.1).
    init?(locales: String) {
        let wanted = locales.split(separator: " ").map { $0.lowercased().prefix { $0 != "-" } }
        guard let first = wanted.lazy.compactMap({ PageLanguage(rawValue: String($0)) }).first else { return nil }
        self = first
    }
}
