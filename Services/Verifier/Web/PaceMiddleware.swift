import HTTPTypes
import Hummingbird

/// Keeps addresses that are refused again and again to a pace, at the pages and at `/oauth2`.
///
/// Refusals of what people's browsers ask for count. What is refused to clients does not: a gateway that asks for many
/// people hears of all of them at once that their sessions have ended.
struct PaceMiddleware: RouterMiddleware {
    let pace: AddressPace
    let proxies: TrustedProxies
    let pages: Pages

    func handle(
        _ request: Request,
        context: VerifierContext,
        next: @concurrent (Request, VerifierContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        let isPage = Self.isPage(path)
        guard isPage || path.hasPrefix("/oauth2/") && path != "/oauth2/jwks" else {
            return try await next(request, context)
        }
        let address = proxies.visitor(of: request, context)
        switch pace.turn(of: address) {
        case .now: break
        case .at(let turn): try await Task.sleep(until: turn, clock: .continuous)
        case .never: return try tooMany(isPage)
        }
        let response = try await next(request, context)
        if Self.isForBrowsers(path), (400...499).contains(response.status.code) { pace.refused(address) }
        return response
    }

    private static func isPage(_ path: String) -> Bool { path == "/logon" || path.hasPrefix("/logon/") }

    private static func isForBrowsers(_ path: String) -> Bool {
        isPage(path) || path == "/oauth2/authorize" || path == "/oauth2/end-session"
    }

    private func tooMany(_ isPage: Bool) throws -> Response {
        let sentence = "Too much was refused to this address of late, and too many requests of it wait."
        guard isPage else { throw OAuthError.tooMany(sentence, retryAfter: Self.seconds) }
        let page = Page.Untrusted(chinese: "该地址的请求过多，请稍后再试。", english: sentence)
        var response = pages.response(.untrusted(page), status: .tooManyRequests)
        response.headers[.retryAfter] = "\(Self.seconds)"
        return response
    }

    /// When an address that stops may be answered at once again.
    private static var seconds: Int64 { Int64(AddressPace.mostRemembered - AddressPace.tolerance) }
}
