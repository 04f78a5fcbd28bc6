import FoundationEssentials
import Sealing

/// A program that lets people log on here.
struct Client: Equatable, Sendable {
    /// What it calls itself.
    let id: String
    /// Where people may be sent back to; compared exactly.
    let redirectURIs: [String]
    /// Where people may be sent after they logged off; compared exactly.
    let postLogoutRedirectURIs: [String]
    /// Its secret; a client without one is public and must use PKCE.
    let secret: Secret?

    /// Whether it can keep a secret.
    var isConfidential: Bool { secret != nil }
}

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

    /// - Parameter json: `[{"id","redirectURIs":[…],"postLogoutRedirectURIs"?:[…],"secret"?}]`.
    init(json: String) throws {
        struct Entry: Decodable {
            let id: String
            let redirectURIs: [String]
            let postLogoutRedirectURIs: [String]?
            let secret: String?
        }
        let entries: [Entry]
        do {
            entries = try JSONDecoder().decode([Entry].self, from: Data(json.utf8))
        } catch {
            throw Mistake(description: "it is not a JSON array of clients")
        }
        try self.init(
            entries.map { entry in
                Client(
                    id: entry.id,
                    redirectURIs: entry.redirectURIs,
                    postLogoutRedirectURIs: entry.postLogoutRedirectURIs ?? [],
                    secret: entry.secret.map { Secret($0) }
                )
            }
        )
    }

    /// The client of that name.
    subscript(id: String) -> Client? { byID[id] }

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
            guard let url = URL(string: uri), url.scheme?.isEmpty == false, !uri.contains("#") else {
                throw Mistake(
                    description: "'\(uri)' of client '\(client.id)' is not an absolute URI without a fragment"
                )
            }
        }
        if let secret = client.secret, secret.withValue({ !(16...FieldLimits.secret).contains($0.utf8.count) }) {
            throw Mistake(description: "the secret of client '\(client.id)' has 16 to \(FieldLimits.secret) bytes")
        }
    }
}
