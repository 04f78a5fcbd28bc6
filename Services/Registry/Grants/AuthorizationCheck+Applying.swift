import BackgroundWork
import Messages
import Postgres
import Sealing
import WeCom

/// Makes true what WeCom said, in one transaction, in which the enterprise's row is locked.
extension AuthorizationCheck {
    /// Who the audit says has done it.
    static let actor = AuditActor.wecom

    func apply(_ word: Word, _ claim: Claim<CorpAuthorization>, on database: isolated Connection) throws {
        let corp = claim.item
        var look = Look(range: word.agent?.visibility.map(VisibleRange.init))
        if word.good.isEmpty, !word.dead.isEmpty, isSurprise(corp) {
            look.isSuspected = true
            return try CorpAuthorizationStore.finish(claim, look, next: settings.suspicion, on: database)
        }
        try bury(word.dead, on: database)
        let change = try keepRange(look.range, of: corp, on: database)
        let connected = try ConnectedCorps(ledger: ledger).lock(corp.corp, on: database)
        var news = CorpNews(corp: corp, word: word, history: try CodeHistory(of: corp.key, on: database))
        for provider in connected {
            guard let followed = try follow(news, provider, on: database) else { continue }
            news.authorized.insert(provider.id)
            let wasLost = provider.configuration.authorization != .authorized
            if wasLost || corp.isToldChanged || change != nil { try runs.changed(followed, on: database) }
            if let change, change.removed.count > 0 {
                let narrowed = Occurrence.rangeNarrowed(entries: change.removed.count)
                try Notifications.raise(narrowed, of: followed, on: database)
            }
        }
        let grants = try GrantStore.unsettled(of: corp.key, on: database)
        let waits = try settle(grants, by: news, on: database)
        guard !connected.isEmpty || !grants.isEmpty else { return try claim.finish(on: database) }
        look.isLost = word.good.isEmpty
        look.doubt = doubt(word, of: corp)
        if waits.contains(.administrator) { look.trouble = .byMembers }
        try CorpAuthorizationStore.finish(claim, look, next: rest(look, corp, waits), on: database)
    }

    /// Whether nobody told that the authorization was withdrawn, and it was not asked about twice yet. One that is known to
    /// be lost surprises nobody.
    private func isSurprise(_ corp: CorpAuthorization) -> Bool {
        guard !corp.isToldCancelled, corp.lostAt == nil else { return false }
        guard let since = corp.suspectedAt else { return true }
        // Clocks differ, and a hint may have had it looked after early.
        return since.advanced(by: settings.suspicion * 0.9) > .now
    }

    /// How soon it is asked again whether a code is good, though WeCom told that the authorization was withdrawn; nil
    /// where that is not in doubt, and once it was asked often enough.
    private func doubt(_ word: Word, of corp: CorpAuthorization) -> Duration? {
        guard corp.isToldCancelled, !word.good.isEmpty else { return nil }
        let age = corp.suspectedAt.map(Self.age) ?? .zero
        var end = Duration.zero
        return settings.doubts.first { rest in
            end += rest
            // Clocks differ here, too.
            return age < end * 0.9
        }
    }

    /// WeCom knows these codes no more.
    private func bury(_ codes: [CandidateCode], on database: isolated Connection) throws {
        let ids = codes.flatMap(\.grants).map(\.description)
        guard !ids.isEmpty else { return }
        try database.run("update registry.grants set is_code_dead = true where id = any(\(ids)::uuid[])")
    }

    /// Keeps what came into the visible range and what left it; nil when nothing did.
    private func keepRange(
        _ range: VisibleRange?,
        of corp: CorpAuthorization,
        on database: isolated Connection
    ) throws -> RangeChange? {
        guard let range, let old = corp.visibleRange, let change = RangeChange(from: old, to: range) else { return nil }
        try database.run(
            """
            insert into registry.range_changes (key, at, change)
            values (\(corp.key), now(), \(json: try change.storedJSON))
            """
        )
        return change
    }

    /// When the enterprise is looked after again.
    private func rest(_ look: Look, _ corp: CorpAuthorization, _ waits: [Wait]) -> Duration {
        let usual = usualRest(look, corp, waits)
        return min(look.doubt ?? usual, usual)
    }

    private func usualRest(_ look: Look, _ corp: CorpAuthorization, _ waits: [Wait]) -> Duration {
        let apps = waits.compactMap { wait in
            if case .app(let since) = wait { since } else { nil }
        }
        if let newest = apps.max() { return settings.appRest.clamping(Self.age(newest) / 10) }
        if look.isLost { return settings.lostRest.clamping(Self.age(corp.lostAt ?? .now) / 4) }
        // Spread, so that enterprises that were set up together drift apart.
        return settings.longestRest * Double.random(in: 0.75..<1)
    }

    private static func age(_ time: Timestamp) -> Duration {
        .milliseconds(Timestamp.now.millisecondsSince1970 - time.millisecondsSince1970)
    }
}

/// What is known of an enterprise when WeCom was asked.
struct CorpNews: Sendable {
    var corp: CorpAuthorization
    var word: Word
    var history: CodeHistory
    /// The identity providers that are connected to its app and follow what WeCom said.
    var authorized: Set<IdentityProviderID> = []
}

extension ClosedRange<Duration> {
    /// The duration, or the bound beyond which it is.
    fileprivate func clamping(_ duration: Duration) -> Duration {
        Swift.min(Swift.max(duration, lowerBound), upperBound)
    }
}
