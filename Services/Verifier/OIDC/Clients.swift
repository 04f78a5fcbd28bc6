import FoundationEssentials
import JWTKit
import Sealing

/// The clients of `OIDC_CLIENTS`.
struct Clients: Sendable {
    private let byID: [String: Client]

    /// What is wrong with the list.
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    init(_ clients: [Client]) throws {
        var byID: [String: Client] = [:]
        for client in clients {
            try Self.check(client)
            guard byID.updateValue(client, forKey: client.id) == nil else {
                throw Mistake(description: "two clients are called '\(client.id)'")
            }
        }
        self.byID = byID
    }

    /// - Parameter json: `[{"id","redirectURIs":[…],"postLogoutRedirectURIs"?:[…],"secret"?,"idleDays"?,"absoluteDays"?,
    ///   "idTokenAlgorithm"?,"backchannelLogoutURI"?,"formerSecret"?,"keys"?}]`.
    init(json: String) throws {
        let entries: [Entry]
        do {
            entries = try JSONDecoder().decode([Entry].self, from: Data(json.utf8))
        } catch {
            throw Mistake(description: "it is not a JSON array of clients")
        }
        try self.init(entries.map { try $0.client })
    }

    /// All that their tokens are signed by; access tokens are for us, and need nothing but the first.
    var algorithms: Set<SigningAlgorithm> { Set(byID.values.map(\.idTokenAlgorithm)).union([.es256]) }

    /// Where their pages come from.
    var origins: Set<String> { byID.values.reduce(into: []) { $0.formUnion($1.origins) } }

    /// The client of that name.
    subscript(id: String) -> Client? { byID[id] }

    private struct Entry: Decodable {
        let id: String
        let redirectURIs: [String]
        let postLogoutRedirectURIs: [String]?
        let secret: String?
        let idleDays: Int?
        let absoluteDays: Int?
        let idTokenAlgorithm: SigningAlgorithm?
        let backchannelLogoutURI: String?
        let formerSecret: String?
        let keys: JWKS?

        var client: Client {
            get throws {
                var client = Client(
                    id: id,
                    redirectURIs: redirectURIs,
                    postLogoutRedirectURIs: postLogoutRedirectURIs ?? [],
                    secret: secret.map { Secret($0) }
                )
                if let idleDays { client.lifetime.idle = try Self.days(idleDays, "idleDays", of: id) }
                if let absoluteDays { client.lifetime.absolute = try Self.days(absoluteDays, "absoluteDays", of: id) }
                client.formerSecret = formerSecret.map { Secret($0) }
                client.keys = try keys.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
                client.backchannelLogoutURI = backchannelLogoutURI
                client.idTokenAlgorithm = idTokenAlgorithm ?? .es256
                return client
            }
        }

        private static func days(_ count: Int, _ name: String, of id: String) throws -> Duration {
            guard (1...365).contains(count) else {
                throw Mistake(description: "\(name) of client '\(id)' is not from 1 to 365")
            }
            return .seconds(count * 86_400)
        }
    }

    private static func check(_ client: Client) throws {
        guard (1...FieldLimits.client).contains(client.id.utf8.count),
            client.id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Mistake(description: "a client's id has 1 to 200 visible ASCII characters")
        }
        let uris = client.redirectURIs + client.postLogoutRedirectURIs
        guard uris.count <= 100, uris.allSatisfy({ $0.utf8.count <= FieldLimits.uri }) else {
            throw Mistake(
                description: "the URIs of client '\(client.id)' are more than 100, or one has more than "
                    + "\(FieldLimits.uri) bytes"
            )
        }
        for uri in uris {
            if let mistake = RedirectAddress.mistake(uri) {
                throw Mistake(description: "'\(uri)' of client '\(client.id)' \(mistake)")
            }
        }
        if client.keys != nil, client.secret != nil {
            throw Mistake(description: "client '\(client.id)' has both keys and a secret: it needs one of them")
        }
        if client.formerSecret != nil, client.secret == nil {
            throw Mistake(description: "client '\(client.id)' has a former secret and none now")
        }
        if let uri = client.backchannelLogoutURI,
            !uri.lowercased().hasPrefix("http") || RedirectAddress.mistake(uri) != nil
        {
            throw Mistake(
                description: "'\(uri)', where client '\(client.id)' wants to be told of logouts, is no https URL"
            )
        }
        for secret in [client.secret, client.formerSecret].compactMap(\.self)
        where secret.withValue({ !(16...FieldLimits.secret).contains($0.utf8.count) }) {
            throw Mistake(description: "the secret of client '\(client.id)' has 16 to \(FieldLimits.secret) bytes")
        }
    }
}
