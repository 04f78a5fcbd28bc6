import JSONCoding
import Messages
import Sealing

/// A client's request while a person logs on: the pages and the browser carry it along, and nothing is stored of it.
struct CarriedRequest: Equatable, Sendable {
    /// Tells it from another one, so that it is answered once.
    let id: String
    /// What the client asked for.
    let request: AuthorizationRequest
    /// Until when it can be answered, in seconds since 1970.
    let end: Int64

    /// How long a person may take from the client's request to its answer.
    static let lifetime: Int64 = 3_600

    /// What it is marked by once it was answered.
    var digest: [UInt8] { Ticket.digest(of: "request/\(id)") }
}

/// A logon that is at WeCom: what the browser keeps under the state that WeCom gives back.
struct PendingLogon: Equatable, Sendable {
    /// Through which identity provider.
    let identityProvider: IdentityProviderID
    /// What the client asked for; `nil` where a person only tries the connection out.
    let carried: CarriedRequest?
    /// Until when the person may come back, in seconds since 1970.
    let end: Int64

    /// How long a person may take at WeCom.
    static let lifetime: Int64 = 600

    /// What a state is marked by once somebody came back with it.
    static func digest(of state: String) -> [UInt8] { Ticket.digest(of: "state/\(state)") }
}

/// Seals what browsers and native clients carry along, so that nobody reads, changes or invents it, and nobody fills a
/// table by asking for it.
struct TravellingSeal: Sendable {
    let keys: SealingKeys

    /// - Parameter purpose: What it is for: for anything else it does not open.
    func seal(_ value: some Travelling, for purpose: String) throws -> String {
        var writer = JSONWriter(reserving: 1_024)
        value.write(to: &writer)
        let json = String(decoding: writer.bytes, as: UTF8.self)
        return try keys.seal(Secret(json), context: "travelling/\(purpose)").text
    }

    /// What was sealed for that purpose; `nil` for anything else.
    func open<Value: Travelling>(_ text: String, for purpose: String, as type: Value.Type = Value.self) -> Value? {
        guard let sealed = try? SealedSecret(text),
            let json = try? keys.open(sealed, context: "travelling/\(purpose)")
        else { return nil }
        return json.withValue { json in
            var reader = JSONReader(Array(json.utf8))
            return try? Value(from: &reader)
        }
    }

    /// A client's request as pages carry it.
    func seal(_ carried: CarriedRequest) throws -> String { try seal(carried, for: "request") }

    /// The request that a page carries, however old; `nil` where there is none of ours.
    func request(_ text: String?) -> CarriedRequest? { text.flatMap { open($0, for: "request") } }
}
