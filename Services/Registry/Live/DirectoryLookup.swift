import Messages
import Runtime
import WeCom

/// Somebody as the directory has them now.
struct StoredPerson: Sendable, Equatable {
    /// The directory's fields and the tenant's own, by name.
    var values: [String: String]
    /// Whether the person may log on.
    var isEnabled: Bool
}

/// Asks the directory for people, one by one, as it lists none by their ids.
struct DirectoryLookup: Sendable {
    /// How many of them at once.
    private static let atOnce = 10

    /// The directory's API; nil where nobody has said where it is.
    let peer: Peer?
    let provider: IdentityProviderID
    let corp: CorpID

    /// Those whom the directory has.
    func people(_ ids: [WeComUserID]) async -> Result<[WeComUserID: StoredPerson], Peer.Silence> {
        guard let peer else {
            let hint = "DIRECTORY_URL and DIRECTORY_API_KEY"
            return .failure(Peer.Silence(reason: "The registry is not told whom to ask: set \(hint)."))
        }
        do {
            return .success(try await all(ids, peer))
        } catch {
            return .failure(error as? Peer.Silence ?? Peer.Silence(reason: "\(peer.name) does not answer at present."))
        }
    }

    private func all(_ ids: [WeComUserID], _ peer: Peer) async throws -> [WeComUserID: StoredPerson] {
        try await withThrowingTaskGroup(of: (WeComUserID, StoredPerson?).self) { group in
            for id in ids.prefix(Self.atOnce) { group.addTask { (id, try await person(id, peer)) } }
            var waiting = ids.dropFirst(Self.atOnce)
            var people: [WeComUserID: StoredPerson] = [:]
            while let (id, person) = try await group.next() {
                people[id] = person
                guard let next = waiting.popFirst() else { continue }
                group.addTask { (next, try await self.person(next, peer)) }
            }
            return people
        }
    }

    /// Nil for somebody whom the directory does not have.
    private func person(_ id: WeComUserID, _ peer: Peer) async throws -> StoredPerson? {
        // Two, as people of an encrypted corp may differ by case alone.
        let fields: [(name: String, value: String?)] = [("externalID", id.rawValue), ("limit", "2")]
        let answer = try await peer.get(PercentEncoding.url("/api/v1/idps/\(provider)/users", fields))
        guard case .array(let users)? = answer?["items"] else { return nil }
        let found = users.first { user in
            guard case .object(let fields) = user, case .string(let text)? = fields["externalID"] else { return false }
            return (try? WeComUserID(text, of: corp)) == id
        }
        return found.flatMap { StoredPerson($0) }
    }
}

extension StoredPerson {
    /// - Parameter user: As the directory's API shows somebody; what is none gives nil.
    init?(_ user: JSON) {
        guard case .object(let fields) = user else { return nil }
        var values: [String: String] = [:]
        for field in DirectoryField.texts {
            if case .string(let text)? = fields[field.rawValue] { values[field.rawValue] = text }
        }
        if case .object(let attributes)? = fields["attributes"] {
            for (key, value) in attributes {
                if case .string(let text) = value { values[key] = text }
            }
        }
        if case .integer(let status)? = fields["status"] { values[DirectoryField.status.rawValue] = "\(status)" }
        self.init(values: values, isEnabled: fields["enabled"] == .boolean(true))
    }
}
