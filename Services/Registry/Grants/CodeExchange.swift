import BackgroundWork
import Failures
import Logging
import Messages
import Postgres
import Runtime
import Sealing
import WeCom

/// Trades codes for what they stand for. Any number of registries may do so at once.
///
/// What could break it: an answer that is lost on its way, after which the code is spent (told with what to do, and
/// healed by the next code that WeCom sends); a registry that dies before it has kept the answer (the same); one that
/// stands still with the answer in hand while another one tries the spent code (it keeps the answer all the same).
struct CodeExchange: Sendable {
    let grants: GrantStore
    /// Nil when this installation is no provider; then codes wait until it is.
    let session: ProviderSession?
    let logger: Logger

    /// A code is good for ten minutes; long after that WeCom would have said so if it could be asked.
    private static let patience: Duration = .seconds(3_600)

    /// The codes in the order in which they came, a few at once, since each may wait for WeCom.
    var queue: WorkQueue<GrantedCode> {
        WorkQueue(
            "granted codes",
            table: GrantStore.table,
            database: grants.database,
            policy: .init(
                concurrency: 4,
                interval: .milliseconds(250),
                // Often while the code lives, and never so often that wrong secrets ban our address (wecom.md §6).
                backoff: Backoff(first: .seconds(1), limit: .seconds(60), factor: 1.5),
                judge: { Self.judge($1, about: $0.item) }
            ),
            logger: logger,
            decode: { try GrantedCode($0) },
            work: { try await exchange($0.item) }
        )
    }

    private func exchange(_ code: GrantedCode) async throws {
        guard let session else { throw NoProvider() }
        guard code.suite == session.credentials.templateID.rawValue else {
            try await grants.note(.otherTemplate, for: code)
            throw NoProvider()
        }
        do {
            let secret = try grants.open(code)
            // Whoever is told to stop, or has lost the claim, keeps the answer all the same.
            let exchanging = Task { try await exchange(secret, of: code, session) }
            try await exchanging.value
        } catch let error as WeComError {
            try await grants.note(Self.isSpent(error) ? .codeLost(error) : Trouble(error), for: code)
            throw error
        } catch let error as SealingError {
            try await grants.note(.sealed(error), for: code)
            throw error
        }
    }

    private func exchange(_ secret: Secret, of code: GrantedCode, _ session: ProviderSession) async throws {
        let answer = try await session.permanentCode(authCode: secret)
        try await retrying("keep what a code was exchanged for", logger: logger, isTransient: Self.mayPass) {
            try await grants.keep(answer, for: code)
        }
        let metadata: Logger.Metadata = ["grant": "\(code.id)", "corp": "\(answer.corpID)"]
        logger.info("an authorization code was exchanged", metadata: metadata)
    }

    private static func mayPass(_ error: any Error) -> Bool { FailureClass(of: error) == .transient }

    /// Whether WeCom says so of the code itself, and not of what was asked for on the way.
    private static func isSpent(_ error: WeComError) -> Bool {
        error.reaction == .reauthorize && error.path == "service/v2/get_permanent_code"
    }

    private static func judge(_ error: any Error, about code: GrantedCode) -> FailureClass {
        if let error = error as? WeComError, isSpent(error) { return .permanent }
        if error is PostgresError { return FailureClass(of: error) }
        return code.receivedAt.advanced(by: patience) > .now ? .transient : .permanent
    }
}

/// This installation cannot ask WeCom about it.
struct NoProvider: Error, CustomStringConvertible {
    var description: String { "this installation is not set up as the provider of the template" }
}
