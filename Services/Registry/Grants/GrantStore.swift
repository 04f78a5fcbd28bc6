import BackgroundWork
import Crypto
import FoundationEssentials
import Messages
import Postgres
import Sealing
import WeCom

/// The grants, each kept once however often WeCom tells of it.
struct GrantStore: Sendable {
    let database: Database
    let keys: SealingKeys

    /// Keeps a code that WeCom told, in the transaction that takes the event. A code that came before changes nothing.
    func take(
        _ code: Secret,
        _ origin: Grant.Origin,
        of suite: SuiteID,
        state: String? = nil,
        on connection: isolated Connection
    ) throws {
        let id = GrantID.make()
        let digest = code.withValue { Array(SHA256.hash(data: Array($0.utf8))) }
        let sealed = try keys.seal(code, context: Self.context(id)).text
        try connection.run(
            """
            insert into registry.grants
                (id, suite, origin, code_digest, code, state, idp, standing, received_at, changed_at)
            values (\(id), \(suite.rawValue), \(origin), \(digest), \(sealed), \(state),
                (select idp from registry.authorizations where state = \(state)), 'codeReceived', now(), now())
            on conflict (code_digest) do nothing
            """
        )
    }

    /// The codes that are to be exchanged, as a queue.
    static let table = QueueTable(
        "registry.grants",
        key: "id",
        keyType: "uuid",
        columns: "id, suite, state, code, \(time: "received_at")",
        order: "received_at",
        completion: .mark
    )

    /// Opens a code.
    func open(_ code: GrantedCode) throws -> Secret {
        try keys.open(SealedSecret(code.sealed), context: Self.context(code.id))
    }

    /// Keeps what a code was exchanged for before anything else is done, whoever works on it by now: it cannot be had
    /// twice. What an administrator has ended stays ended.
    ///
    /// The enterprise's row comes first, as everywhere, so that nobody waits for the other way round.
    func keep(_ answer: PermanentAuthorization, for code: GrantedCode) async throws {
        let sealed = try keys.seal(answer.permanentCode, context: Self.context(code.id)).text
        let key = CorpAuthorization.key(code.suite, answer.corpID)
        let state = code.state ?? answer.state
        try await database.transaction { connection in
            try CorpAuthorizationStore.notice(code.suite, answer.corpID, on: connection)
            try connection.run(
                """
                update registry.grants
                set code = null, permanent_code = \(sealed), corp_key = \(key), corp_id = \(answer.corpID.rawValue),
                    corp_name = \(answer.corpName), exchanged_at = clock_timestamp(), state = \(state),
                    idp = coalesce(idp, (select idp from registry.authorizations where state = \(state))),
                    standing = case standing when 'codeReceived' then 'exchanged' else standing end,
                    trouble = null, trouble_since = null, changed_at = now(),
                    done_at = now(), set_aside_at = null, claimed_until = null
                where id = \(code.id) and permanent_code is null
                """
            )
        }
    }

    /// What keeps a code from being exchanged.
    func note(_ trouble: Trouble, for code: GrantedCode) async throws {
        try await database.run(
            """
            update registry.grants
            set trouble = \(json: try trouble.storedJSON), trouble_since = coalesce(trouble_since, now())
            where id = \(code.id) and standing = 'codeReceived'
            """
        )
    }

    /// An identity provider's grants, newest first.
    func grants(of id: IdentityProviderID, limit: Int = 10) async throws -> [Grant] {
        try await database.run(
            """
            select \(Grant.columns) from registry.grants where idp = \(id)
            order by received_at desc, id desc limit \(limit)
            """
        ).map(Grant.init)
    }

    /// What codes are sealed for.
    static func context(_ id: some CustomStringConvertible) -> String { "grant/\(id)" }
}

extension GrantStore {
    /// One grant of an identity provider, locked until the transaction ends.
    static func lock(
        _ id: GrantID,
        of provider: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> Grant? {
        try connection.run(
            "select \(Grant.columns) from registry.grants where id = \(id) and idp = \(provider) for update"
        ).first.map(Grant.init)
    }

    /// An enterprise's grants that wait for something, and those of which WeCom may have been mistaken that they are lost;
    /// newest first, locked until the transaction ends.
    static func unsettled(of key: String, on connection: isolated Connection) throws -> [Grant] {
        try connection.run(
            """
            select \(Grant.columns) from registry.grants
            where corp_key = \(key) and standing in ('exchanged', 'waitingForApp', 'waitingForConfirmation', 'revoked')
            order by exchanged_at desc, id desc for update
            """
        ).map(Grant.init)
    }

    /// What keeps a grant from going on.
    static func note(_ trouble: Trouble, for id: GrantID, on connection: isolated Connection) throws {
        try connection.run(
            """
            update registry.grants
            set trouble = \(json: try trouble.storedJSON), trouble_since = coalesce(trouble_since, now())
            where id = \(id)
            """
        )
    }

    /// The identity provider works again by what was held for lost.
    static func restore(_ id: IdentityProviderID, on connection: isolated Connection) throws {
        try connection.run(
            """
            update registry.grants
            set standing = 'complete', note = null, is_code_dead = false, changed_at = now()
            where id = (
                select id from registry.grants where idp = \(id) and standing = 'revoked'
                order by exchanged_at desc limit 1
            )
            """
        )
    }

    /// What gave the identity provider its connection is good no longer.
    static func revoke(_ id: IdentityProviderID, on connection: isolated Connection) throws {
        try connection.run(
            """
            update registry.grants set standing = 'revoked', note = \(Note.withdrawn), changed_at = now()
            where idp = \(id) and standing = 'complete'
            """
        )
    }

    /// Puts a grant somewhere else; whatever was in its way is over.
    static func move(
        _ id: GrantID,
        to standing: Grant.Standing,
        note: String? = nil,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            update registry.grants
            set standing = \(standing), note = \(note), trouble = null, trouble_since = null,
                changed_at = case standing when \(standing) then changed_at else now() end
            where id = \(id)
            """
        )
    }

    /// Another connection takes the place of whatever an identity provider's grants gave or were about to give. Codes
    /// that are not exchanged yet still are: their enterprise may be another identity provider's.
    ///
    /// - Parameter grant: The one that stays, with those that came after it.
    static func supersede(
        _ id: IdentityProviderID,
        before grant: GrantID? = nil,
        note: String = Note.later,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            update registry.grants
            set standing = 'superseded', note = \(note), trouble = null, trouble_since = null, changed_at = now()
            where idp = \(id) and standing not in ('superseded', 'ended') and id is distinct from \(grant)
                and (\(grant)::uuid is null
                    or received_at <= (select received_at from registry.grants where id = \(grant)))
            """
        )
    }

    /// Why grants ended.
    enum Note {
        static let later = "A later connection took its place."
        static let deleted = "The identity provider was deleted."
        static let withdrawn = "WeCom says that the enterprise has withdrawn it."
        static let otherEnterprise = """
            Something else was connected since this QR code was made; to connect this enterprise instead, scan a new QR \
            code.
            """
    }
}

/// A code to be exchanged.
struct GrantedCode: Sendable {
    let id: GrantID
    let suite: String
    let state: String?
    /// The code, sealed.
    let sealed: String
    let receivedAt: Timestamp

    /// Reads one row of ``GrantStore/table``.
    init(_ row: Row) throws {
        (id, suite, state, sealed, receivedAt) = try row.decode(
            GrantID.self,
            String.self,
            String?.self,
            String.self,
            Timestamp.self
        )
    }
}
