import HTTPTypes
import Hummingbird
import Logging
import Messages
import Postgres
import Runtime
import Sealing
import Web

/// `/device`: where a person types what a device shows, logs on, and says whether the device may have what it asked for
/// (RFC 8628 §3.3).
///
/// The logon is that of all clients. The browser remembers it, comes back here, and is asked then, so that the page can
/// say as whom the device is let in.
struct DeviceRoutes: Sendable {
    let clients: ClientStore
    let devices: DeviceGrantStore
    let seal: TravellingSeal
    let remembered: BrowserLogonStore
    let grants: GrantStore
    let issuer: TokenIssuer
    let limits: LogonLimits
    let pages: Pages
    let cookies: BrowserCookies
    let links: LogonLinks
    let proxies: TrustedProxies
    let logger: Logger

    func add(to router: some RouterMethods<VerifierContext>) {
        router.get("/device") { request, context in
            let address = proxies.visitor(of: request, context)
            return try await answer(request.queryForm) { try await show(request, $0, from: address) }
        }
        router.post("/device") { request, context in
            let address = proxies.visitor(of: request, context)
            return try await answer(request.bodyForm()) { try await decide(request, $0, from: address) }
        }
    }

    private static var seconds: Int64 { Timestamp.now.millisecondsSince1970 / 1_000 }

    private func answer(
        _ form: FormFields,
        _ body: (FormFields) async throws -> Response
    ) async throws -> Response {
        if let excess = FieldLimits.excess(form) {
            return pages.response(.untrusted(excess.page), status: .badRequest)
        }
        do {
            return try await body(form)
        } catch let error as LogonLimits.TooMany {
            var response = page(form["user_code"], .tooMany, status: .tooManyRequests)
            response.headers[.retryAfter] = "\(error.retryAfter)"
            return response
        } catch let error as PostgresError where error.isAway {
            logger.warning("a device's page failed, as the database is away", metadata: ["error": "\(error)"])
            return page(form["user_code"], .away, status: .serviceUnavailable)
        }
    }

    /// The page where the code is typed.
    private func page(
        _ typed: String?,
        _ trouble: Page.Device.Trouble?,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        pages.response(.device(.init(typed: typed ?? "", trouble: trouble)), status: status)
    }

    /// Asks for the code, has the person log on, or asks whether the device may.
    private func show(_ request: Request, _ form: FormFields, from address: VisitorAddress) async throws -> Response {
        guard let typed = form["user_code"] else { return page(nil, nil) }
        guard let code = UserCode(typed), let (waiting, client) = try await find(code, from: address) else {
            return page(typed, .unknown, status: .badRequest)
        }
        let choosesAccount = form["account"] != nil
        guard !choosesAccount, let logon = try await rememberedLogon(in: request, for: client) else {
            return PageResponse.redirect(to: try wayToLogon(code, waiting, client, choosesAccount))
        }
        let confirmation = DeviceConfirmation(code, logon.ticket, end: Self.seconds + DeviceGrantStore.lifetime)
        return pages.response(
            .confirmation(
                .init(
                    code: code.text,
                    client: client.configuration.name,
                    person: logon.principal.name ?? logon.principal.externalID,
                    gains: waiting.scope.limited(to: client.scope).gains,
                    confirmation: try seal.seal(confirmation, for: DeviceConfirmation.purpose),
                    other: links.device(code, choosesAccount: true)
                )
            )
        )
    }

    /// Takes the person's answer, if it was asked in this browser, of whom it still remembers.
    private func decide(
        _ request: Request,
        _ form: FormFields,
        from address: VisitorAddress
    ) async throws -> Response {
        guard let text = form["confirmation"],
            let asked = seal.open(text, for: DeviceConfirmation.purpose, as: DeviceConfirmation.self),
            let ticket = cookies.logon(of: request), asked.counts(for: ticket, at: Self.seconds),
            let code = UserCode(asked.code)
        else { return page(nil, .over, status: .badRequest) }
        let answer = DeviceGrantStore.Answer(code: code, isAllowed: form["answer"] == "allow", logon: ticket)
        guard let (waiting, client) = try await find(code, from: address) else { return try await over(answer) }
        guard answer.isAllowed else {
            return try await devices.deny(code) ? answered(client, isAllowed: false) : try await over(answer)
        }
        guard let logon = try await rememberedLogon(in: request, for: client) else {
            return PageResponse.redirect(to: try wayToLogon(code, waiting, client, false))
        }
        do {
            try await grants.allow(code, waiting, of: client, as: logon)
        } catch let obstacle as GrantStore.NotBegun {
            guard obstacle.reason == .tooManyTries else { return try await over(answer) }
            return page(nil, .tooMany, status: .tooManyRequests)
        }
        return answered(client, isAllowed: true)
    }

    private func answered(_ client: Client, isAllowed: Bool) -> Response {
        pages.response(.answered(.init(client: client.configuration.name, isAllowed: isAllowed)))
    }

    /// The device waits no more. Whoever pressed the button twice sees what came of it all the same: of two answers a
    /// browser shows the second one.
    private func over(_ answer: DeviceGrantStore.Answer) async throws -> Response {
        guard let id = try await devices.client(of: answer), let client = try await clients.find(id) else {
            return page(nil, .over, status: .badRequest)
        }
        return answered(client, isAllowed: answer.isAllowed)
    }

    /// The device that shows a code, and whose it is. Codes that nobody waits by count for the address that tries them.
    private func find(
        _ code: UserCode,
        from address: VisitorAddress
    ) async throws -> (waiting: DeviceGrantStore.Waiting, client: Client)? {
        let answers = try await limits.database.pipeline([
            limits.checking(.unknownUserCode, of: address), DeviceGrantStore.find(code),
        ])
        try LogonLimits.check(.unknownUserCode, of: address, answers[0])
        guard let waiting = try DeviceGrantStore.waiting(answers[1]) else {
            try await limits.count(.unknownUserCode, of: address)
            return nil
        }
        guard let client = try await clients.find(waiting.client), client.configuration.usesDeviceFlow else {
            return nil
        }
        return (waiting, client)
    }

    /// The logon that the browser remembers, if the client may have tokens for that person.
    private func rememberedLogon(
        in request: Request,
        for client: Client
    ) async throws -> BrowserLogonStore.BrowserLogon? {
        guard let ticket = cookies.logon(of: request), let logon = try await remembered.find(ticket),
            client.serves(logon.principal.tenant), issuer.standing(of: logon.principal) == .open
        else { return nil }
        return logon
    }

    /// The logon pages, which lead back here.
    private func wayToLogon(
        _ code: UserCode,
        _ waiting: DeviceGrantStore.Waiting,
        _ client: Client,
        _ choosesAccount: Bool
    ) throws -> String {
        var wanted = AuthorizationRequest(
            client: client.id,
            redirectURI: links.device(code),
            scope: waiting.scope,
            state: nil,
            nonce: nil,
            challenge: nil
        )
        wanted.device = code.text
        wanted.choosesAccount = choosesAccount ? true : nil
        let end = Self.seconds + DeviceGrantStore.lifetime
        let ticket = try seal.seal(CarriedRequest(id: Ticket.make().text, request: wanted, end: end))
        return links.enterprise(request: ticket)
    }
}
