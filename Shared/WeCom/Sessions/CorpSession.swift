public import Logging
public import Sealing

/// The calls about one enterprise, with one app's credentials: the token is kept and renewed, passing failures are
/// repeated within bounds, WeCom's limits are kept.
///
/// What is thrown after that is final for the caller: its ``WeComError/reaction`` says whether to skip, stop or log in.
public final class CorpSession: Sendable {
    /// The calls themselves.
    public let client: WeComClient

    /// The enterprise.
    public let corpID: CorpID

    private let tokens: TokenSource<TokenKind.Access>
    private let caller: Caller

    /// - Parameters:
    ///   - secret: The app's secret; for a custom-developed app its permanent code.
    ///   - time: Waits and token lives go by it.
    public init(
        client: WeComClient,
        corpID: CorpID,
        secret: Secret,
        settings: SessionSettings = SessionSettings(),
        time: TimeKeeper = .continuous,
        logger: Logger
    ) {
        var logger = logger
        logger[metadataKey: "corp"] = "\(corpID)"
        self.client = client
        self.corpID = corpID
        tokens = TokenSource(time: time) { try await client.getToken(corpID: corpID, secret: secret) }
        caller = Caller(settings: settings, time: time, logger: logger)
    }

    /// Runs `body` with a token, again where the table of reactions allows it. `body` should make one call.
    public func call<Result>(
        _ repetition: Repetition = .allowed,
        _ body: (AccessToken) async throws -> Result
    ) async throws -> Result {
        try await caller.call(tokens, repetition, body)
    }

    /// How many calls may be in flight now: fewer than configured after WeCom complained.
    public var concurrency: Int {
        get async { await caller.gate.concurrency }
    }
}
