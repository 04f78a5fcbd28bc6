import BackgroundWork
import Messages
import Postgres
import Sealing
import WeCom

/// The enterprises that granted something, and the codes that they gave.
struct CorpAuthorizationStore: Sendable {
    let ledger: Ledger
    let keys: SealingKeys

    /// What is told of an enterprise; never more than a reason to look.
    enum Hint: Sendable {
        /// A code was exchanged, or an administrator confirmed.
        case granted
        /// WeCom told that range, permissions or state changed.
        case changed
        /// WeCom told that the authorization was withdrawn.
        case cancelled
    }

    /// Has the enterprise looked after soon.
    static func notice(
        _ suite: String,
        _ corp: CorpID,
        _ hint: Hint = .granted,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            insert into registry.corp_authorizations as kept
                (key, suite, corp_id, hints, is_told_changed, is_told_cancelled)
            values (\(CorpAuthorization.key(suite, corp)), \(suite), \(corp.rawValue), 1,
                \(hint == .changed), \(hint == .cancelled))
            on conflict (key) do update
            set hints = kept.hints + 1, not_before = now(), set_aside_at = null,
                is_told_changed = kept.is_told_changed or excluded.is_told_changed,
                is_told_cancelled = kept.is_told_cancelled or excluded.is_told_cancelled
            """
        )
    }

    /// The app's own calls are refused: has the enterprise looked after, an hour after the last look at the earliest.
    ///
    /// The identity provider is locked already, though elsewhere the enterprise's row comes first. So nobody is waited
    /// for: whoever has the row locked tells of the enterprise or has just looked after it.
    static func suspect(_ corp: CorpID, on connection: isolated Connection) throws {
        try connection.run(
            """
            update registry.corp_authorizations
            set not_before = least(not_before, greatest(now(), checked_at + interval '1 hour')), set_aside_at = null
            where key in (
                select key from registry.corp_authorizations
                where key = suite || '/' || \(corp.canonical)::text for update skip locked
            )
            """
        )
    }

    /// Whether nothing was told since the row was claimed. It stays locked until the transaction ends.
    static func isAsClaimed(_ corp: CorpAuthorization, on connection: isolated Connection) throws -> Bool {
        let rows = try connection.run(
            "select hints from registry.corp_authorizations where key = \(corp.key) for update"
        )
        return try rows.decode(Int64.self) == [corp.hints]
    }

    /// What keeps the enterprise from being looked after; its open grants show it too.
    func note(_ trouble: Trouble, for corp: CorpAuthorization) async throws {
        let json = try trouble.storedJSON
        try await ledger.database.pipeline([
            """
            update registry.corp_authorizations
            set trouble = \(json: json), trouble_since = coalesce(trouble_since, now()) where key = \(corp.key)
            """,
            """
            update registry.grants set trouble = \(json: json), trouble_since = coalesce(trouble_since, now())
            where corp_key = \(corp.key) and standing in ('exchanged', 'waitingForApp', 'waitingForConfirmation')
            """,
        ])
    }

    /// The codes that WeCom may know, newest first. One that cannot be opened is left out; ``KnownCodes/unopened`` says
    /// why.
    func codes(of corp: CorpAuthorization) async throws -> KnownCodes {
        let (grants, providers) = try await ledger.database.transaction { connection in
            try (
                connection.run(
                    """
                    select id, permanent_code from registry.grants
                    where corp_key = \(corp.key) and permanent_code is not null
                        and (standing = 'revoked' or not is_code_dead)
                    order by exchanged_at, id
                    """
                ),
                connection.run(
                    """
                    select \(IdentityProvider.columns) from registry.identity_providers
                    where lower(corp_id) = lower(\(corp.corp.rawValue)) and not is_deleted order by id
                    """
                )
            )
        }
        var known = KnownCodes()
        for provider in ConnectedCorps.connected(ledger.readable(providers), to: corp.corp) {
            guard let secret = provider.configuration.connection?.secret else { continue }
            known.add(provider.id) { try keys.open(secret, context: provider.id.description) }
        }
        for row in grants {
            let (id, sealed) = try row.decode(GrantID.self, String.self)
            known.add(id) { try keys.open(SealedSecret(sealed), context: GrantStore.context(id)) }
        }
        return known
    }

    /// How the enterprise behind an identity provider was looked after; nil where none was.
    func view(of provider: IdentityProvider, template: SuiteID?) async throws -> EnterpriseView? {
        guard let template, let connection = provider.configuration.connection,
            connection.kind == .customDevelopedApp, let corp = try? CorpID(connection.corpID)
        else { return nil }
        let key = CorpAuthorization.key(template.rawValue, corp)
        let rows = try await ledger.database.run(
            """
            select \(time: "checked_at"), \(time: "not_before"), trouble, \(time: "trouble_since"), visible_range
            from registry.corp_authorizations where key = \(key)
            """
        )
        guard let row = rows.first else { return nil }
        let (checkedAt, nextCheckAt, trouble, since, range) = try row.decode(
            Timestamp?.self,
            Timestamp.self,
            Trouble?.self,
            Timestamp?.self,
            VisibleRange?.self
        )
        return EnterpriseView(
            checkedAt: checkedAt,
            nextCheckAt: nextCheckAt,
            trouble: trouble,
            troubleSince: since,
            visibleRange: range.map(EnterpriseView.Range.init),
            rangeChanges: try await rangeChanges(key)
        )
    }

    /// The latest changes of the visible range, newest first.
    private func rangeChanges(_ key: String) async throws -> [EnterpriseView.Change] {
        try await ledger.database.run(
            """
            select \(time: "at"), change from registry.range_changes where key = \(key) order by id desc limit 10
            """
        ).map { row in
            let (at, change) = try row.decode(Timestamp.self, RangeChange.self)
            return EnterpriseView.Change(at: at, added: change.added, removed: change.removed)
        }
    }

    /// The enterprise was looked after: when it is again.
    static func finish(
        _ claim: Claim<CorpAuthorization>,
        _ look: Look,
        next: Duration,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            update registry.corp_authorizations
            set is_told_changed = false, is_told_cancelled = \(look.doubt != nil), checked_at = now(),
                trouble = \(json: try look.trouble?.storedJSON),
                trouble_since = case when \(look.trouble == nil) then null else coalesce(trouble_since, now()) end,
                suspected_at =
                    case when \(look.isSuspected || look.doubt != nil) then coalesce(suspected_at, now()) end,
                lost_at = case when \(look.isLost) then coalesce(lost_at, now()) end,
                visible_range = coalesce(\(json: try look.range?.storedJSON), visible_range)
            where key = \(claim.item.key)
            """
        )
        try claim.rest(for: next, on: connection)
    }
}

/// The codes of an enterprise.
struct KnownCodes: Sendable {
    /// Newest first.
    private(set) var codes: [CandidateCode] = []
    /// Why one of them cannot be opened.
    private(set) var unopened: SealingError?

    /// A connection's code.
    mutating func add(_ provider: IdentityProviderID, _ open: () throws -> Secret) {
        add(open) { $0.connections.insert(provider) }
    }

    /// A grant's code, which is newer than those before.
    mutating func add(_ grant: GrantID, _ open: () throws -> Secret) {
        add(open) { $0.grants.append(grant) }
    }

    private mutating func add(_ open: () throws -> Secret, _ note: (inout CandidateCode) -> Void) {
        do {
            let secret = try open()
            var code = CandidateCode(secret: secret)
            if let index = codes.firstIndex(where: { $0.secret == secret }) { code = codes.remove(at: index) }
            note(&code)
            codes.insert(code, at: 0)
        } catch {
            unopened = error as? SealingError ?? .malformedSecret
        }
    }
}

/// What came of a look at an enterprise, as its row keeps it.
struct Look: Sendable {
    var trouble: Trouble?
    var isSuspected = false
    /// How soon it is looked after again since WeCom told that it was withdrawn and knows a code all the same; nil where
    /// that is not so.
    var doubt: Duration?
    var isLost = false
    /// Nil where it was not read.
    var range: VisibleRange?
}
