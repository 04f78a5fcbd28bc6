import HTTPTypes
import Hummingbird

/// Keeps addresses that are refused again and again to a pace, at the pages and at `/oauth2`; those are the addresses
/// that limits count, so that behind a proxy that is not in `TRUSTED_PROXIES` everybody is one.
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
        let isForBrowsers = BrowserPaths.contains(path)
        guard isForBrowsers || path.hasPrefix("/oauth2/") && path != "/oauth2/jwks" else {
            return try await next(request, context)
        }
        let address = proxies.visitor(of: request, context)
        switch pace.turn(of: address) {
        case .now: break
        case .at(let turn): try await Task.sleep(until: turn, clock: .continuous)
        case .never: return try tooMany(isForBrowsers)
        }
        do {
            let response = try await next(request, context)
            if isForBrowsers, Self.isRefusal(response.status) { pace.refused(address) }
            return response
        } catch let error as any HTTPResponseError where isForBrowsers && Self.isRefusal(error.status) {
            pace.refused(address)
            throw error
        }
    }

    private static func isRefusal(_ status: HTTPResponse.Status) -> Bool { (400...499).contains(status.code) }

    /// A page for a person, and what clients understand for a client.
    private func tooMany(_ isForBrowsers: Bool) throws -> Response {
        let sentence = "Too much was refused to this address of late, and too many requests of it wait."
        guard isForBrowsers else { throw OAuthError.tooMany(sentence, retryAfter: Self.seconds) }
        let page = Page.Untrusted(chinese: "该地址的请求过多，请稍后再试。", english: sentence)
        var response = pages.response(.untrusted(page), status: .tooManyRequests)
        response.headers[.retryAfter] = "\(Self.seconds)"
        return response
    }

    /// When an address that stops may be answered at once again.
    private static var seconds: Int64 { Int64(AddressPace.mostRemembered - AddressPace.tolerance) }
}
