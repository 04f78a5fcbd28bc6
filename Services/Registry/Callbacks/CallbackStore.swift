import BackgroundWork
import Crypto
import FoundationEssentials
import Messages
import Postgres
import Runtime
import Sealing
import WeCom

/// WeCom's events, each kept once however often it is sent, sealed.
struct CallbackStore: Sendable {
    let database: Database
    let keys: SealingKeys
    let tickets: SuiteTickets

    /// Whether an event had come before.
    enum Arrival: Sendable { case new, repeated }

    /// Keeps an event for the worker. A suite ticket is taken at once, and so is what a change of people hints at.
    ///
    /// Throws ``Problem`` 409 when a request with this signature came before: then nothing is kept.
    func keep(
        _ message: [UInt8],
        _ event: CallbackEvent,
        receiver: String,
        signature: String,
        at time: Timestamp
    ) async throws -> Arrival {
        let digest = Array(SHA256.hash(data: message))
        let sealed = try event.holdsPersonalData ? nil : seal(message, digest)
        return try await database.transaction { connection in
            let signatures = try connection.run(
                """
                insert into registry.callback_signatures (signature, received_at) values (\(signature), now())
                on conflict do nothing returning signature
                """
            )
            if signatures.isEmpty { throw Problem.replayedCallback }
            let rows = try connection.run(
                """
                insert into registry.callbacks (digest, receiver, kind, sealed, received_at, done_at)
                values (\(digest), \(receiver), \(event.kind), \(sealed?.text), \(Timestamp.now),
                    \(event.isDealtWithAtOnce ? Timestamp.now : nil))
                on conflict do nothing returning kind
                """
            )
            guard !rows.isEmpty else { return .repeated }
            switch event {
            case .suiteTicket(let suite, let ticket): try tickets.keep(ticket, of: suite, at: time, on: connection)
            case .changeContact(let change): try HintStore.keep(change, on: connection)
            default: break
            }
            return .new
        }
    }

    private func seal(_ message: [UInt8], _ digest: [UInt8]) throws -> SealedSecret {
        try keys.seal(Secret(String(decoding: message, as: UTF8.self)), context: Self.context(digest))
    }

    /// The events as a queue.
    static let table = QueueTable(
        "registry.callbacks",
        key: "digest",
        keyType: "bytea",
        columns: "digest, sealed, exchanged, \(time: "received_at")",
        order: "received_at",
        completion: .mark
    )

    /// Reads one row of the ``table``.
    func callback(_ row: Row) throws -> KeptCallback {
        let (digest, sealed, exchanged, receivedAt) = try row.decode(
            [UInt8].self,
            String.self,
            String?.self,
            Timestamp.self
        )
        return KeptCallback(
            digest: digest,
            message: try keys.open(SealedSecret(sealed), context: Self.context(digest)),
            grant: try exchanged.map { try Grant(keys.open(SealedSecret($0), context: Self.context(digest))) },
            receivedAt: receivedAt
        )
    }

    /// Keeps what a code was exchanged for, since a code is good only once.
    func keep(_ grant: Grant, for callback: KeptCallback) async throws {
        let sealed = try keys.seal(try grant.secret, context: Self.context(callback.digest)).text
        try await database.run(
            "update registry.callbacks set exchanged = \(sealed) where digest = \(callback.digest)"
        )
    }

    /// The event was dealt with, in the transaction that did so; what its code was exchanged for is kept elsewhere now.
    static func finish(_ claim: Claim<KeptCallback>, on connection: isolated Connection) throws {
        try claim.finish(on: connection)
        try connection.run("update registry.callbacks set exchanged = null where digest = \(claim.item.digest)")
    }

    private static func context(_ digest: [UInt8]) -> String {
        "callback/" + Data(digest).base64EncodedString()
    }
}

/// An event that somebody works on.
struct KeptCallback: Sendable {
    let digest: [UInt8]
    /// The decrypted XML or JSON.
    let message: Secret
    /// What its code was exchanged for, if that was done before.
    let grant: Grant?
    let receivedAt: Timestamp

    /// What it says.
    var event: CallbackEvent {
        get throws { try message.withValue { try CallbackEvent(message: Array($0.utf8)) } }
    }
}

/// What an authorization code was exchanged for.
struct Grant: Sendable {
    var corpID: CorpID
    var corpName: String?
    var permanentCode: Secret
    var state: String?

    init(_ authorization: PermanentAuthorization) {
        corpID = authorization.corpID
        corpName = authorization.corpName
        permanentCode = authorization.permanentCode
        state = authorization.state
    }

    private struct Stored: Codable {
        var corpID: CorpID
        var corpName: String?
        var permanentCode: String
        var state: String?
    }

    /// Reads what ``secret`` wrote.
    init(_ secret: Secret) throws {
        let stored = try secret.withValue { try JSONDecoder().decode(Stored.self, from: Data($0.utf8)) }
        corpID = stored.corpID
        corpName = stored.corpName
        permanentCode = Secret(stored.permanentCode)
        state = stored.state
    }

    /// All of it as one secret, to be sealed.
    var secret: Secret {
        get throws {
            let code = permanentCode.withValue { $0 }
            let stored = Stored(corpID: corpID, corpName: corpName, permanentCode: code, state: state)
            return Secret(String(decoding: try JSONEncoder().encode(stored), as: UTF8.self))
        }
    }
}

extension CallbackEvent {
    /// WeCom's word for the kind of event.
    var kind: String {
        switch self {
        case .suiteTicket: "suite_ticket"
        case .createAuth: "create_auth"
        case .changeAuth: "change_auth"
        case .cancelAuth: "cancel_auth"
        case .resetPermanentCode: "reset_permanent_code"
        case .changeContact: "change_contact"
        case .other(let type): String(type.prefix(60))
        }
    }

    /// Whether nothing is left for the worker to do.
    fileprivate var isDealtWithAtOnce: Bool {
        switch self {
        case .suiteTicket, .changeContact: true
        default: false
        }
    }

    /// Whether it tells more of people than their ids.
    fileprivate var holdsPersonalData: Bool {
        if case .changeContact = self { true } else { false }
    }

    /// The template that the event is about, where it names one.
    var suite: SuiteID? {
        switch self {
        case .suiteTicket(let suite, _), .createAuth(let suite, _, _), .changeAuth(let suite, _, _),
            .cancelAuth(let suite, _), .resetPermanentCode(let suite, _):
            suite
        case .changeContact, .other: nil
        }
    }
}
