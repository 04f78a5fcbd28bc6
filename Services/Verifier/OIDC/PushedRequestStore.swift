import FoundationEssentials
import Messages
import Postgres
import Web

/// `verifier.pushed_requests`: what clients sent ahead of the browser (RFC 9126).
struct PushedRequestStore: Sendable {
    let database: Database

    /// How long the browser may take to come, in seconds.
    static let lifetime: Int64 = 60
    /// How large a request may be: also fields that nobody reads are kept.
    static let mostBytes = 16_000
    private static let prefix = "urn:ietf:params:oauth:request_uri:"

    /// Keeps a request.
    ///
    /// - Returns: Its `request_uri`.
    func keep(_ form: FormFields, of client: Client) async throws -> String {
        let ticket = Ticket.make()
        try await database.run(
            """
            insert into verifier.pushed_requests (digest, client_id, form, expires_at)
            values (\(ticket.digest), \(client.id), \(form.text), now() + make_interval(secs => \(Self.lifetime)))
            """
        )
        return Self.prefix + ticket.text
    }

    /// Whether the text is a `request_uri` of ours.
    static func isOurs(_ uri: String) -> Bool { uri.hasPrefix(prefix) }

    /// Takes a request, once; `nil` where there is none, or it is another client's.
    func take(_ uri: String, by client: String) async throws -> FormFields? {
        guard let client = ClientName(client)?.description else { return nil }
        let digest = Ticket.digest(of: String(uri.dropFirst(Self.prefix.count)))
        let rows = try await database.run(
            """
            delete from verifier.pushed_requests
            where digest = \(digest) and client_id = \(client) and expires_at > now() returning form
            """
        )
        return try rows.first.map { FormFields(try $0.decode(String.self)) }
    }
}
