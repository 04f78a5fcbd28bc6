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

    /// Behind whom the page begins.
    struct Last: Equatable, Sendable {
        let identityProvider: IdentityProviderID
        let place: Place
    }

    /// nil where nothing has been told yet.
    let last: Last?
    /// How many there were when the walk began: they are counted once.
    let total: Int

    init(after last: Last?, of total: Int) {
        self.last = last
        self.total = total
    }

    /// - Parameter query: What is asked for.
    /// - Returns: nil for a text that is no cursor, or one of another query.
    init?(_ text: String, of query: String) {
        guard let bytes = Base64URL.decode(text) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == Self.digest(query), let total = Int(parts[1]), total >= 0 else {
            return nil
        }
        self.total = total
        guard parts.count > 2 else {
            last = nil
            return
        }
        guard parts.count == 5, let provider = IdentityProviderID(String(parts[2])) else { return nil }
        switch parts[3] {
        case "user":
            guard let id = UserID(String(parts[4])) else { return nil }
            last = Last(identityProvider: provider, place: .user(id))
        case "department":
            guard let number = Int64(parts[4]) else { return nil }
            last = Last(identityProvider: provider, place: .department(number))
        default: return nil
        }
    }

    /// The text that a client is given, which is good for the same query alone.
    func text(of query: String) -> String {
        let beginning = "\(Self.digest(query))/\(total)"
        guard let last else { return Base64URL.encode(beginning.utf8) }
        let place =
            switch last.place {
            case .user(let id): "user/\(id)"
            case .department(let number): "department/\(number)"
            }
        return Base64URL.encode("\(beginning)/\(last.identityProvider)/\(place)".utf8)
    }

    private static func digest(_ query: String) -> String { ContentDigest(of: query).description }
}
