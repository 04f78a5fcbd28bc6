/// Which paths people's browsers go to, rather than clients.
enum BrowserPaths {
    static func contains(_ path: String) -> Bool {
        path.hasPrefix("/logon/") || ["/logon", "/device", "/oauth2/authorize", "/oauth2/end-session"].contains(path)
    }

    /// Whether forms are posted there, too.
    static func takesForms(_ path: String) -> Bool { path == "/device" || path.hasPrefix("/oauth2/") }
}
