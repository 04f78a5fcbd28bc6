import HTTPTypes
import Hummingbird
import Messages
import Web

/// `/oauth2/device-authorization`: gives a device a code to show (RFC 8628 §3.1).
struct DeviceAuthorizationRoutes: Sendable {
    let authentication: ClientAuthentication
    let devices: DeviceGrantStore
    let limits: LogonLimits
    let links: LogonLinks
    let proxies: TrustedProxies

    private struct Answer: Encodable {
        let deviceCode: String
        let userCode: String
        let verificationURI: String
        let verificationURIComplete: String
        let expiresIn = DeviceGrantStore.lifetime
        let interval = DeviceGrantStore.interval

        enum CodingKeys: String, CodingKey {
            case interval
            case deviceCode = "device_code"
            case userCode = "user_code"
            case verificationURI = "verification_uri"
            case verificationURIComplete = "verification_uri_complete"
            case expiresIn = "expires_in"
        }
    }

    func add(to router: some RouterMethods<VerifierContext>) {
        router.post("/oauth2/device-authorization") { request, context in
            try await begin(request, from: proxies.visitor(of: request, context))
        }
    }

    private func begin(_ request: Request, from address: VisitorAddress) async throws -> Response {
        let (client, form) = try await authentication.caller(request)
        try client.requireDeviceFlow()
        // RFC 8628 §3.1 leaves it to the client whether it asks for a scope.
        let scope = Scope(form["scope"] ?? "").limited(to: client.scope).with(.openid)
        if !client.isConfidential { try await count(address) }
        let (device, user) = try await devices.begin(for: client, scope)
        return try JSONAnswer.make(
            Answer(
                deviceCode: device.text,
                userCode: user.text,
                verificationURI: links.device(nil),
                verificationURIComplete: links.device(user)
            )
        )
    }

    /// Anybody can ask for a client without a secret, and each device is kept.
    private func count(_ address: VisitorAddress) async throws {
        do {
            try await limits.count(.deviceAuthorization, of: address)
        } catch let error as LogonLimits.TooMany {
            throw OAuthError.tooMany("Too many devices ask from this address.", retryAfter: error.retryAfter)
        }
    }
}

extension Client {
    /// - Throws: ``OAuthError`` `unauthorized_client` where it is not registered for the grant (RFC 6749 §5.2).
    func requireDeviceFlow() throws(OAuthError) {
        guard configuration.usesDeviceFlow else {
            throw OAuthError(.unauthorizedClient, "The client is not registered for the device flow.")
        }
    }
}
