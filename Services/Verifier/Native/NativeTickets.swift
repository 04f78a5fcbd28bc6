import FoundationEssentials
import Messages
import Web

/// A logon that a native client has begun: it keeps this, sealed, and gives WeCom's SDK the state that belongs to it.
struct NativeLogon: Equatable, Sendable {
    /// Through which identity provider.
    let identityProvider: IdentityProviderID
    /// Which client.
    let client: String
    /// The client's schema.
    let schema: String
    /// The S256 challenge whose verifier only the client has (RFC 7636).
    let challenge: String
    /// Until when the person may come back, in seconds since 1970.
    let end: Int64
}

/// What native clients keep of the logons that they have begun.
struct NativeTickets: Sendable {
    let seal: TravellingSeal

    /// - Returns: The state for WeCom's SDK, and what the client shows with the code.
    func begin(_ logon: NativeLogon) throws -> (state: String, ticket: String) {
        let state = Ticket.make(isAlphanumeric: true).text
        return (state, try seal.seal(logon, for: Self.purpose(state)))
    }

    /// The logon of a state, however old; `nil` for what was not begun here.
    func find(_ state: String, _ ticket: String) -> NativeLogon? {
        seal.open(ticket, for: Self.purpose(state))
    }

    private static func purpose(_ state: String) -> String { "native/\(state)" }
}
