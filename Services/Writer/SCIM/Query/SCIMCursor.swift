import FoundationEssentials
import Messages
import Sealing

/// Where a page begins: behind an object, by the order of identity providers and of ids in each, which nothing changes.
///
/// Whoever is there all the time therefore comes exactly once, whatever runs do meanwhile.
struct SCIMCursor: Equatable, Sendable {
    /// The last object of the page before.
    enum Place: Equatable, Sendable {
        case user(UserID)
        case department(Int64)
    }

    let identityProvider: IdentityProviderID
    let place: Place

    init(after place: Place, of identityProvider: IdentityProviderID) {
        self.identityProvider = identityProvider
        self.place = place
    }

    /// - Parameter query: What is asked for.
    /// - Returns: nil for a text that is no cursor, or one of another query.
    init?(_ text: String, of query: String) {
        guard let bytes = Base64URL.decode(text) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == Self.digest(query), let provider = IdentityProviderID(String(parts[1]))
        else {
            return nil
        }
        identityProvider = provider
        switch parts[2] {
        case "user":
            guard let id = UserID(String(parts[3])) else { return nil }
            place = .user(id)
        case "department":
            guard let number = Int64(parts[3]) else { return nil }
            place = .department(number)
        default: return nil
        }
    }

    /// The text that a client is given, which is good for the same query alone.
    func text(of query: String) -> String {
        let place =
            switch place {
            case .user(let id): "user/\(id)"
            case .department(let number): "department/\(number)"
            }
        return Base64URL.encode("\(Self.digest(query))/\(identityProvider)/\(place)".utf8)
    }

    private static func digest(_ query: String) -> String { ContentDigest(of: query).description }
}
