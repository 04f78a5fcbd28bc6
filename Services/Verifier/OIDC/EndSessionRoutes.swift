import HTTPTypes
import Hummingbird
import Logging
import Messages
import Pipeline
import Postgres
import Runtime
import Web

/// `/oauth2/end-session`: logging off (OpenID Connect RP-Initiated Logout 1.0).
struct EndSessionRoutes: Sendable {
    let clients: ClientStore
    let grants: GrantStore
    let remembered: BrowserLogonStore
    let seal: TravellingSeal
    let cookies: BrowserCookies
    let pages: Pages
    let issuer: TokenIssuer
    let logger: Logger

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/oauth2/end-session") { request, _ in
            try await answer { try await end(request, request.queryForm) }
        }
        router.post("/oauth2/end-session") { request, _ in
            try await answer {
                let form = try await request.bodyForm()
                guard form["confirmation"] == nil else { return try await decide(request, form) }
                if let elsewhere = withCookies(request, form) { return elsewhere }
                return try await end(request, form)
            }
        }
    }

    private static var seconds: Int64 { Timestamp.now.millisecondsSince1970 / 1_000 }

    private func answer(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as PostgresError where error.isAway {
            logger.warning("nobody was logged off, as the database is away", metadata: ["error": "\(error)"])
            return pages.response(.untrusted(.away), status: .serviceUnavailable)
        }
    }

    /// The same request by GET, where a form of another site posted it: browsers send along no cookie that way, and so
    /// nothing of what they remember. `nil` where that is not so, or an ID token that is too long for an address ends its
    /// session without a cookie, too.
    private func withCookies(_ request: Request, _ form: FormFields) -> Response? {
        guard cookies.logon(of: request) == nil else { return nil }
        guard let address = form.address(at: "/oauth2/end-session") else {
            return form["id_token_hint"] == nil ? untrusted(.tooLong) : nil
        }
        var response = PageResponse.redirect(to: address)
        response.status = .seeOther
        return response
    }

    /// Ends the session of the ID token, however old that is, and those that the same logon began in the same browser.
    ///
    /// Without one, or where the browser remembers another logon, the person is asked first: anybody can send people here
    /// (RP-Initiated Logout §2). Goes on only to an address that the client registered for that.
    private func end(_ request: Request, _ form: FormFields) async throws -> Response {
        if let excess = FieldLimits.excess(form) { return untrusted(excess.page) }
        var client = form["client_id"]
        if let hint = form["id_token_hint"] {
            guard let token = try await issuer.idToken(hint), form["client_id"] ?? token.aud == token.aud else {
                return untrusted(
                    .init(chinese: "id_token_hint 无效。", english: "The id_token_hint is not one that was issued here.")
                )
            }
            client = token.aud
            try await grants.logOff(token.sid)
        }
        guard let destination = try await destination(form, of: client) else { return untrusted(.unknownReturn) }
        if let ticket = cookies.logon(of: request), let logon = try await remembered.find(ticket) {
            return try ask(logon, destination.address)
        }
        guard form["id_token_hint"] != nil else { return pages.response(.loggedOff) }
        return done(destination.address)
    }

    /// Where a person goes who is logged off.
    private struct Destination {
        /// None where nothing was asked for.
        let address: String?
    }

    /// - Returns: None where that is not an address that the client registered for that.
    private func destination(_ form: FormFields, of client: String?) async throws -> Destination? {
        guard let uri = form["post_logout_redirect_uri"] else { return Destination(address: nil) }
        guard let client, let client = try await clients.find(client),
            client.configuration.postLogoutRedirectURIs.contains(uri)
        else { return nil }
        return Destination(address: PercentEncoding.url(uri, [("state", form["state"])]))
    }

    private func ask(_ logon: BrowserLogonStore.BrowserLogon, _ destination: String?) throws -> Response {
        let question = LogOffConfirmation(logon.ticket, at: Self.seconds, destination: destination)
        let page = Page.LogOff(
            person: logon.principal.name ?? logon.principal.externalID,
            confirmation: try seal.seal(question, for: LogOffConfirmation.purpose)
        )
        return pages.response(.logOff(page))
    }

    /// Takes the person's answer, if it was asked in this browser, of the logon that it still remembers.
    private func decide(_ request: Request, _ form: FormFields) async throws -> Response {
        guard let text = form["confirmation"],
            let asked = seal.open(text, for: LogOffConfirmation.purpose, as: LogOffConfirmation.self),
            let ticket = cookies.logon(of: request), asked.counts(for: ticket, at: Self.seconds)
        else { return untrusted(.over) }
        guard form["answer"] == "yes" else { return pages.response(.stillLoggedOn) }
        try await grants.logOff(ticket)
        return done(asked.destination)
    }

    private func done(_ destination: String?) -> Response {
        destination.map(PageResponse.redirect) ?? pages.response(.loggedOff)
    }

    private func untrusted(_ page: Page.Untrusted) -> Response {
        pages.response(.untrusted(page), status: .badRequest)
    }
}

extension Page.Untrusted {
    fileprivate static let unknownReturn = Page.Untrusted(
        chinese: "缺少 id_token_hint 或 client_id，或返回地址（post_logout_redirect_uri）与注册的地址不一致。",
        english: "The id_token_hint or client_id is missing, or the address to return to (post_logout_redirect_uri) is "
            + "not one that the application registered."
    )

    fileprivate static let tooLong = Page.Untrusted(
        chinese: "请求过长，请从应用重新退出登录。",
        english: "The request is too long. Log off from the application again."
    )

    fileprivate static let over = Page.Untrusted(
        chinese: "此页面已失效，请重新退出登录。",
        english: "The page is no longer good. Log off again."
    )

    fileprivate static let away = Page.Untrusted(
        chinese: "暂时无法退出登录，请稍后再试。",
        english: "You cannot be logged off at present. Try again in a moment.",
        isAway: true
    )
}
