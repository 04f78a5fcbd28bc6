import AsyncHTTPClient
import FoundationEssentials
import Messages
import NIOCore
import NIOHTTP1
import Runtime
import Sealing

/// Whom an access token speaks for.
struct TokenHolder: Sendable, Equatable {
    var tenant: TenantID
    var user: UserID
}

/// Asks the verifier, which signed it, what an access token for the registry is worth now.
///
/// The verifier is asked every time: a session that has ended is worth nothing at once.
struct TokenCheck: Sendable {
    private static let patience = TimeAmount.seconds(3)
    private static let largestToken = 4_000
    private static let largestAnswer = 64 * 1_024

    /// Where the verifier is, without a slash at the end.
    let url: String
    let http: HTTPClient

    /// Whose token it is; nil for a text that is no token, for one that is not for the registry, and for one that counts
    /// no more.
    ///
    /// What the token itself says of its audience is believed only once the verifier has taken the same token.
    ///
    /// - Throws: ``Problem`` 503 when the verifier does not answer.
    func holder(of token: Secret) async throws -> TokenHolder? {
        let isForRegistry = token.withValue { $0.utf8.count <= Self.largestToken && Self.isForRegistry($0) }
        guard isForRegistry else { return nil }
        var request = HTTPClientRequest(url: url + "/oauth2/userinfo")
        request.headers.add(name: "authorization", value: "Bearer " + token.withValue(\.self))
        let status: UInt
        let body: ByteBuffer
        do {
            let response = try await http.execute(request, timeout: Self.patience)
            status = response.status.code
            body = try await response.body.collect(upTo: Self.largestAnswer)
        } catch {
            throw Problem.noWordOfToken
        }
        if status == 401 { return nil }
        guard status == 200, let answer = try? JSONDecoder().decode(Userinfo.self, from: Data(body.readableBytesView)),
            let tenant = TenantID(answer.tenant), let user = UserID(answer.sub)
        else { throw Problem.noWordOfToken }
        return TokenHolder(tenant: tenant, user: user)
    }

    private struct Userinfo: Decodable {
        let sub: String
        let tenant: String

        enum CodingKeys: String, CodingKey {
            case sub
            case tenant = "tenant_id"
        }
    }

    /// Whether the claims of a token say that it is for the registry too (RFC 9068 §4).
    private static func isForRegistry(_ token: String) -> Bool {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64URL.decode(String(parts[1])),
            let claims = try? JSONDecoder().decode(Claims.self, from: Data(bytes))
        else { return false }
        return claims.aud.contains("registry")
    }

    /// A token for us alone has one name instead of a list, and is not for the registry.
    private struct Claims: Decodable {
        let aud: [String]
    }
}

extension Problem {
    /// 503: nobody can say what the token is worth.
    fileprivate static let noWordOfToken = Problem.unavailable(
        "The verifier, which knows what this token is worth, does not answer at present."
    )
}
