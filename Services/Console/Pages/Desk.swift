import AsyncHTTPClient
import Foundation
import Hummingbird
import Logging
import Mustache
import Sealing
import Web

/// What every page needs: the templates, the texts, and the services that are asked.
struct Desk: Sendable {
    /// A template that the program was built without.
    struct MissingTemplate: Error {
        let name: String
    }

    let settings: Settings
    let http: HTTPClient
    let logger: Logger
    let library: MustacheLibrary
    let texts: [Language: Texts]
    let assets: Assets
    let cookies: SessionCookies

    /// Nothing from elsewhere, nothing inline, and in nobody's frame.
    static let policy = [
        "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "font-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    ].joined(separator: "; ")

    /// Where the templates are that were built with the program.
    static var templates: URL { Bundle.module.bundleURL.appending(path: "Templates") }

    /// - Throws: When templates, texts or assets are missing or not well formed.
    init(settings: Settings, http: HTTPClient, logger: Logger) async throws {
        self.settings = settings
        self.http = http
        self.logger = logger
        library = try MustacheLibrary(htmlTemplates: Self.templates)
        texts = try Texts.load()
        assets = try Assets(bootstrapFiles: settings.bootstrapFiles)
        cookies = SessionCookies(
            sealing: settings.sealing,
            isSecure: settings.isSecure,
            idle: settings.idleLimit,
            absolute: settings.absoluteLimit
        )
    }

    /// The registry, asked with somebody's key.
    func registry(with key: Secret) -> ServiceAPI {
        ServiceAPI(name: .registry, url: settings.registryURL, key: key, http: http)
    }

    /// The directory, asked with the console's own key: only of what the registry has shown to whoever is signed in.
    var directory: ServiceAPI {
        ServiceAPI(name: .directory, url: settings.directory.url, key: settings.directory.key, http: http)
    }

    /// The verifier, asked with the console's own key: only of what the registry has shown to whoever is signed in.
    var verifier: ServiceAPI {
        ServiceAPI(name: .verifier, url: settings.verifier.url, key: settings.verifier.key, http: http)
    }

    /// Keeps administrators' tokens fresh; nil where nobody signs in by them.
    var renewing: SessionRenewal? { settings.signIn.map { SessionRenewal(client: $0, http: http) } }

    /// The texts of a language.
    func texts(in language: Language) -> Texts {
        texts[language] ?? Texts(language: language, groups: [:])
    }
}
