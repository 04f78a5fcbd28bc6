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
    let grants: GrantStore

    /// Whether an event had come before.
    enum Arrival: Sendable { case new, repeated }

    /// Keeps an event for the worker. A suite ticket is taken at once, and so are a code, which becomes a grant, and what
    /// a change of people hints at. An event that came before changes nothing.
    func keep(
        _ message: [UInt8],
        _ event: CallbackEvent,
        receiver: String,
        at time: Timestamp
    ) async throws -> Arrival {
        let digest = Array(SHA256.hash(data: message))
        let sealed = try event.isDealtWithAtOnce ? nil : seal(message, digest)
        return try await database.transaction { connection in
            let rows = try connection.run(
                """
                insert into registry.callbacks (digest, receiver, kind, sealed, received_at, done_at)
                values (\(digest), \(receiver), \(event.kind), \(sealed?.text), \(Timestamp.now),
                    \(event.isDealtWithAtOnce ? Timestamp.now : nil))
                on conflict do nothing returning kind
                """
            )
            guard !rows.isEmpty else { return .repeated }
            try take(event, at: time, on: connection)
            return .new
        }
    }

    private func take(_ event: CallbackEvent, at time: Timestamp, on connection: isolated Connection) throws {
        switch event {
        case .suiteTicket(let suite, let ticket): try tickets.keep(ticket, of: suite, at: time, on: connection)
        case .createAuth(let suite, let code, let state):
            try grants.take(code, .createAuth, of: suite, state: state, on: connection)
        case .resetPermanentCode(let suite, let code):
            try grants.take(code, .resetPermanentCode, of: suite, on: connection)
        case .changeContact(let change): try HintStore.keep(change, on: connection)
        case .changeAuth, .cancelAuth, .other: break
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
        columns: "digest, sealed",
        order: "received_at",
        completion: .mark
    )

    /// Reads one row of the ``table``.
    func callback(_ row: Row) throws -> KeptCallback {
        let (digest, sealed) = try row.decode([UInt8].self, String.self)
        return KeptCallback(message: try keys.open(SealedSecret(sealed), context: Self.context(digest)))
    }

    private static func context(_ digest: [UInt8]) -> String { context(Data(digest).base64EncodedString()) }

    /// What an event is sealed for, by its digest in base64.
    static func context(_ digest: String) -> String { "callback/" + digest }
}

/// An event that somebody works on.
struct KeptCallback: Sendable {
    /// The decrypted XML or JSON.
    let message: Secret

    /// What it says.
    var event: CallbackEvent {
        get throws { try message.withValue { try CallbackEvent(message: Array($0.utf8)) } }
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
        case .suiteTicket, .changeContact, .createAuth, .resetPermanentCode, .other: true
        case .changeAuth, .cancelAuth: false
        }
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
