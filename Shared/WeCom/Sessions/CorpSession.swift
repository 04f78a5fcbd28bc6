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
    private let budget: (any CallBudget)?
    private let breakers: CircuitBreakers

    /// - Parameters:
    ///   - secret: The app's secret; for a custom-developed app its permanent code.
    ///   - slots: Shared with other enterprises' sessions, if their calls are bounded together.
    ///   - budget: Grants the calls, if WeCom's limits are shared with others.
    ///   - breaker: Shared with other enterprises' sessions that call from our own address: for a WeCom that answers
    ///     nobody.
    ///   - memory: Remembers refused credentials, shared with other instances.
    ///   - time: Waits and token lives go by it.
    public init(
        client: WeComClient,
        corpID: CorpID,
        secret: Secret,
        settings: SessionSettings = SessionSettings(),
        slots: CallSlots? = nil,
        budget: (any CallBudget)? = nil,
        breaker: CircuitBreaker? = nil,
        memory: (any CredentialMemory)? = nil,
        time: TimeKeeper = .continuous,
        logger: Logger
    ) {
        var logger = logger
        logger[metadataKey: "corp"] = "\(corpID)"
        self.client = client
        self.corpID = corpID
        self.budget = budget
        let own = CircuitBreaker(failures: settings.unansweredCalls, pause: settings.silence, time: time)
        // What goes wrong by way of an enterprise's own proxy says nothing of WeCom as a whole, nor the other way round.
        let shared = client.proxy == nil ? breaker : nil
        breakers = CircuitBreakers(all: [own] + (shared.map { [$0] } ?? []))
        tokens = TokenSource(time: time) {
            try await client.getToken(corpID: corpID, secret: secret, rememberingIn: memory)
        }
        caller = Caller(settings: settings, slots: slots.map { ($0, corpID) }, time: time, logger: logger)
    }

    /// Runs `body` with a token, again where the table of reactions allows it. `body` should make one call.
    ///
    /// - Parameters:
    ///   - interface: Whose budget each of the calls is taken from; nil for one without.
    ///   - isFinding: Whether it asks for somebody whom a run missed.
    public func call<Result>(
        _ interface: String? = nil,
        isFinding: Bool = false,
        _ repetition: Repetition = .allowed,
        _ body: (AccessToken) async throws -> Result
    ) async throws -> Result {
        let call = interface.map {
            BudgetedCall(corp: corpID, interface: $0, isFinding: isFinding, proxy: client.proxy)
        }
        return try await caller.call(tokens, repetition) { token in
            if let budget, let call { try await budget.spend(call) }
            return try await caller.inSlot {
                try await breakers.guarding(interface ?? "call") { try await body(token) }
            }
        }
    }

    /// How many calls may be in flight now: fewer than configured after WeCom complained.
    public var concurrency: Int {
        get async { await caller.gate.concurrency }
    }
}
