import FoundationEssentials
import HTTPTypes
import Hummingbird
import JWTKit
import Messages
import NIOCore

/// What clients find out by themselves: OpenID Connect Discovery 1.0, RFC 8414, and the keys.
struct DiscoveryRoutes: Sendable {
    let issuer: String
    let keys: KeyRing

    func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        for name in ["openid-configuration", "oauth-authorization-server"] {
            router.get("/.well-known/\(name)") { _, _ in try shared(Metadata(issuer: issuer)) }
        }
        router.get("/oauth2/jwks") { _, _ in
            let published = try await keys.jsonWebKeys.map { PublishedKey(key: $0) }
            return try shared(["keys": published])
        }
    }

    /// Everybody may read and keep it for a few minutes.
    private func shared(_ value: some Encodable) throws -> Response {
        var response = try JSONAnswer.make(value)
        response.headers[.cacheControl] = "public, max-age=300"
        response.headers[.accessControlAllowOrigin] = "*"
        return response
    }

    /// A key that says that it is for signatures (RFC 7517 §4.2): some clients pass over one that does not.
    private struct PublishedKey: Encodable {
        let key: JWK

        private enum CodingKeys: String, CodingKey {
            case use
        }

        func encode(to encoder: any Encoder) throws {
            try key.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode("sig", forKey: .use)
        }
    }

    private struct Metadata: Encodable {
        /// In the order in which some clients try them, be they registered for the first or not.
        private static let authenticationMethods = [
            "client_secret_basic", "client_secret_post", "private_key_jwt", "none",
        ]

        let issuer: String
        let authorizationEndpoint: String
        let tokenEndpoint: String
        let userinfoEndpoint: String
        let introspectionEndpoint: String
        let revocationEndpoint: String
        let endSessionEndpoint: String
        let pushedAuthorizationRequestEndpoint: String
        let deviceAuthorizationEndpoint: String
        let jwksURI: String
        let responseTypesSupported = ["code"]
        let responseModesSupported = AuthorizationRequest.ResponseMode.allCases.map(\.rawValue)
        let grantTypesSupported = ["authorization_code", "refresh_token", GrantStore.deviceGrantType]
        let subjectTypesSupported = ["public"]
        let idTokenSigningAlgValuesSupported = SigningAlgorithm.allCases.map(\.rawValue)
        let scopesSupported = Scope.Value.allCases.map(\.rawValue)
        let acrValuesSupported = [IDToken.authenticationContext]
        let promptValuesSupported = ["none", "login", "select_account", "consent"]
        let uiLocalesSupported = ["zh-CN", "en"]
        let tokenEndpointAuthMethodsSupported = Metadata.authenticationMethods
        let tokenEndpointAuthSigningAlgValuesSupported = SigningAlgorithm.allCases.map(\.rawValue)
        let introspectionEndpointAuthMethodsSupported = Metadata.authenticationMethods
        let introspectionEndpointAuthSigningAlgValuesSupported = SigningAlgorithm.allCases.map(\.rawValue)
        let revocationEndpointAuthMethodsSupported = Metadata.authenticationMethods
        let revocationEndpointAuthSigningAlgValuesSupported = SigningAlgorithm.allCases.map(\.rawValue)
        let codeChallengeMethodsSupported = ["S256"]
        let claimsSupported =
            ["iss", "aud", "azp", "exp", "iat", "nonce", "auth_time", "acr", "amr", "sid", "at_hash"]
            + PersonClaims.CodingKeys.allCases.map(\.rawValue)
        let claimsParameterSupported = false
        let authorizationResponseIssParameterSupported = true
        let backchannelLogoutSupported = true
        let backchannelLogoutSessionSupported = true
        let requestParameterSupported = false
        let requestURIParameterSupported = false

        init(issuer: String) {
            self.issuer = issuer
            authorizationEndpoint = issuer + "/oauth2/authorize"
            tokenEndpoint = issuer + "/oauth2/token"
            userinfoEndpoint = issuer + "/oauth2/userinfo"
            introspectionEndpoint = issuer + "/oauth2/introspect"
            revocationEndpoint = issuer + "/oauth2/revoke"
            endSessionEndpoint = issuer + "/oauth2/end-session"
            pushedAuthorizationRequestEndpoint = issuer + "/oauth2/par"
            deviceAuthorizationEndpoint = issuer + "/oauth2/device-authorization"
            jwksURI = issuer + "/oauth2/jwks"
        }

        enum CodingKeys: String, CodingKey {
            case issuer
            case authorizationEndpoint = "authorization_endpoint"
            case tokenEndpoint = "token_endpoint"
            case userinfoEndpoint = "userinfo_endpoint"
            case introspectionEndpoint = "introspection_endpoint"
            case revocationEndpoint = "revocation_endpoint"
            case endSessionEndpoint = "end_session_endpoint"
            case pushedAuthorizationRequestEndpoint = "pushed_authorization_request_endpoint"
            case deviceAuthorizationEndpoint = "device_authorization_endpoint"
            case jwksURI = "jwks_uri"
            case responseTypesSupported = "response_types_supported"
            case responseModesSupported = "response_modes_supported"
            case grantTypesSupported = "grant_types_supported"
            case subjectTypesSupported = "subject_types_supported"
            case idTokenSigningAlgValuesSupported = "id_token_signing_alg_values_supported"
            case scopesSupported = "scopes_supported"
            case tokenEndpointAuthMethodsSupported = "token_endpoint_auth_methods_supported"
            case tokenEndpointAuthSigningAlgValuesSupported = "token_endpoint_auth_signing_alg_values_supported"
            case introspectionEndpointAuthMethodsSupported = "introspection_endpoint_auth_methods_supported"
            case introspectionEndpointAuthSigningAlgValuesSupported =
                "introspection_endpoint_auth_signing_alg_values_supported"
            case revocationEndpointAuthMethodsSupported = "revocation_endpoint_auth_methods_supported"
            case revocationEndpointAuthSigningAlgValuesSupported =
                "revocation_endpoint_auth_signing_alg_values_supported"
            case codeChallengeMethodsSupported = "code_challenge_methods_supported"
            case claimsSupported = "claims_supported"
            case claimsParameterSupported = "claims_parameter_supported"
            case acrValuesSupported = "acr_values_supported"
            case promptValuesSupported = "prompt_values_supported"
            case uiLocalesSupported = "ui_locales_supported"
            case authorizationResponseIssParameterSupported = "authorization_response_iss_parameter_supported"
            case backchannelLogoutSupported = "backchannel_logout_supported"
            case backchannelLogoutSessionSupported = "backchannel_logout_session_supported"
            case requestParameterSupported = "request_parameter_supported"
            case requestURIParameterSupported = "request_uri_parameter_supported"
        }
    }
}
