import BackgroundWork
import Failures
import Logging
import Messages
import Postgres
import Runtime
import Sealing
import WeCom

/// How patiently enterprises are looked after.
struct GrantSettings: Sendable {
    /// An enterprise of which nothing is told is looked after once in this time at least.
    var longestRest: Duration = .seconds(86_400)
    /// An enterprise whose codes WeCom knows no more, without having told so, is asked about once more after this time:
    /// the new code of a reset may be on its way.
    var suspicion: Duration = .seconds(60)
    /// An enterprise of which WeCom told that it withdrew, and yet knows a code, is asked about again after each of these
    /// times: the event may come before what it tells of.
    var doubts: [Duration] = [.seconds(60), .seconds(300), .seconds(1_800)]
    /// The shortest and the longest time until it is asked again whether the app is made.
    var appRest = Duration.seconds(5)...Duration.seconds(600)
    /// The same for an authorization that was lost, should WeCom have been mistaken.
    var lostRest = Duration.seconds(300)...Duration.seconds(86_400)
}

/// Looks after what an enterprise granted: events and the calendar are reasons to look, `get_auth_info` decides.
///
/// What could break it: events late, twice, in another order or lost (each only makes a look, and one is due every day);
/// a new code that comes while its enterprise is looked after (nothing is done then but to look again); a registry that
/// dies or stands still in the middle (its claim runs out, and what it brings late is not taken); WeCom failing at any
/// call (nothing is changed then but what is told of it); two registries (one row, one claim).
struct AuthorizationCheck: Sendable {
    let store: CorpAuthorizationStore
    let providers: IdentityProviderStore
    let runs: AuthorizationRuns
    /// Nil when this installation is no provider.
    let session: ProviderSession?
    let settings: GrantSettings
    let logger: Logger

    var ledger: Ledger { store.ledger }
    var keys: SealingKeys { store.keys }

    /// The enterprises that are due.
    var queue: WorkQueue<CorpAuthorization> {
        WorkQueue(
            "authorizations",
            table: CorpAuthorization.table,
            database: ledger.database,
            policy: .init(
                concurrency: 4,
                interval: .milliseconds(250),
                backoff: Backoff(first: .seconds(1), limit: .seconds(600)),
                // What was granted is never given up by us.
                judge: { _, _ in .transient }
            ),
            logger: logger,
            decode: { try CorpAuthorization($0) },
            work: { try await look(after: $0) }
        )
    }

    private func look(after claim: Claim<CorpAuthorization>) async throws {
        let corp = claim.item
        guard let session, corp.suite == session.credentials.templateID.rawValue else {
            try await store.note(.otherTemplate, for: corp)
            throw NoProvider()
        }
        let known = try await store.codes(of: corp)
        let word: Word
        do {
            word = try await ask(session, about: known, of: corp.corp)
        } catch let error as WeComError {
            try await store.note(Trouble(error), for: corp)
            throw error
        } catch let error as SealingError {
            try await store.note(.sealed(error), for: corp)
            throw error
        }
        let isDone = try await ledger.change { database in
            guard try CorpAuthorizationStore.isAsClaimed(corp, on: database) else {
                try claim.rest(for: .zero, on: database)
                return false
            }
            try apply(word, claim, on: database)
            return true
        }
        let metadata: Logger.Metadata = [
            "corp": "\(corp.corp)", "codes": "\(known.codes.count)", "good": "\(word.good.count)",
        ]
        if isDone { logger.info("an enterprise's authorization was looked after", metadata: metadata) }
    }

    /// Asks WeCom about each code. Throws whatever it says but that a code is good or lost.
    private func ask(_ session: ProviderSession, about known: KnownCodes, of corp: CorpID) async throws -> Word {
        var word = Word()
        for code in known.codes {
            do {
                let info = try await session.authInfo(corpID: corp, permanentCode: code.secret)
                word.good.append((code, info))
            } catch let error as WeComError where Self.isLost(error) {
                word.dead.append(code)
            }
        }
        if word.good.isEmpty, let error = known.unopened { throw error }
        return word
    }

    /// Whether WeCom says so of the code itself, and not of what was asked for on the way.
    private static func isLost(_ error: WeComError) -> Bool {
        guard error.path == "service/v2/get_auth_info", let code = error.code else { return false }
        return ErrorReactions.meansAuthorizationLost(code)
    }
}

/// What WeCom says of an enterprise's codes.
struct Word: Sendable {
    /// Those that are good, newest first, with what they open.
    var good: [(code: CandidateCode, info: AuthorizationInfo)] = []
    /// Those that are not.
    var dead: [CandidateCode] = []

    /// The newest that is good.
    var newest: CandidateCode? { good.first?.code }

    /// The app in the enterprise; nil where WeCom has not made it yet.
    var agent: AuthorizedAgent? {
        let agents = good.first?.info.agents ?? []
        return agents.first(where: \.isCustomized) ?? agents.first
    }

    /// The connection's own code, if it is good.
    func code(of provider: IdentityProviderID) -> CandidateCode? {
        good.first { $0.code.connections.contains(provider) }?.code
    }

    /// Whether the connection's code was asked for at all.
    func covers(_ provider: IdentityProviderID) -> Bool {
        code(of: provider) != nil || dead.contains { $0.connections.contains(provider) }
    }

    /// The grant's own code, if it is good.
    func code(of grant: GrantID) -> CandidateCode? {
        good.first { $0.code.grants.contains(grant) }?.code
    }
}
