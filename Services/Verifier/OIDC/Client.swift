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
        guard (1...200).contains(client.id.utf8.count), client.id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Mistake(description: "a client's id has 1 to 200 visible ASCII characters")
        }
        for uri in client.redirectURIs + client.postLogoutRedirectURIs {
            guard let url = URL(string: uri), url.scheme?.isEmpty == false, !uri.contains("#") else {
                throw Mistake(
                    description: "'\(uri)' of client '\(client.id)' is not an absolute URI without a fragment"
                )
            }
        }
        if let secret = client.secret, secret.withValue({ $0.utf8.count < 16 }) {
            throw Mistake(description: "the secret of client '\(client.id)' has fewer than 16 characters")
        }
    }
}
