/// One token, fetched once for however many ask, renewed before it ends.
///
/// - After 80 % of its life a token is renewed early; who asks meanwhile gets the old one while it lasts, and a renewal
///   that fails for a passing reason is no trouble until then.
/// - A rejected token is replaced only if it is still the one in use.
/// - A refusal by WeCom is remembered for a few seconds, so that no crowd of callers repeats it: many wrong secrets ban
///   the caller's address for an hour (wecom.md §5, 40001).
public actor TokenSource<Purpose: TokenPurpose> {
    private struct Kept {
        let token: Token<Purpose>
        let fetched: Duration
    }

    private struct Failure {
        let error: any Error
        let round: Int
        let at: Duration
    }

    private let fetch: @Sendable () async throws -> Token<Purpose>
    private let time: TimeKeeper
    private let refusalMemory: Duration
    private var kept: Kept?
    private var failure: Failure?
    private var round = 0
    private var isFetching = false
    private var waiters = Waiters()

    /// - Parameters:
    ///   - time: What the tokens age by.
    ///   - refusalMemory: How long an error that stops is given out again without asking WeCom.
    ///   - fetch: Fetches a token.
    public init(
        time: TimeKeeper = .continuous,
        refusalMemory: Duration = .seconds(3),
        fetch: @escaping @Sendable () async throws -> Token<Purpose>
    ) {
        self.time = time
        self.refusalMemory = refusalMemory
        self.fetch = fetch
    }

    /// A token that should be good, fetched if needed.
    ///
    /// Throws what the fetching threw: the same error to everybody who waited for it.
    public func token() async throws -> Token<Purpose> {
        while true {
            try Task.checkCancellation()
            if let fresh = usable(until: isFetching ? 1 : 0.8) { return fresh }
            if isFetching {
                let awaited = round
                await roundEnds()
                if let failure, failure.round == awaited { throw failure.error }
                continue
            }
            if let refusal = rememberedRefusal() { throw refusal }
            do {
                return try await lead()
            } catch let error as WeComError where error.reaction != .stop {
                guard let aging = usable(until: 1) else { throw error }
                return aging
            }
        }
    }

    /// A token in place of one that WeCom rejected; fetches only if nobody has renewed it meanwhile.
    ///
    /// WeCom may have given the same token twice, with what was left of its life: it is the value that it rejects.
    public func renewed(insteadOf rejected: Token<Purpose>) async throws -> Token<Purpose> {
        if kept?.token.value == rejected.value { kept = nil }
        return try await token()
    }

    /// Drops the token and any remembered refusal: the credentials changed.
    public func forget() {
        kept = nil
        failure = nil
    }

    /// How many wait for somebody else's fetch.
    var waitingCount: Int { waiters.count }

    /// The token, while it is younger than this share of its life.
    private func usable(until share: Double) -> Token<Purpose>? {
        guard let kept, time.now() - kept.fetched < kept.token.lifetime * share else { return nil }
        return kept.token
    }

    private func rememberedRefusal() -> (any Error)? {
        guard
            let failure, let error = failure.error as? WeComError, error.reaction == .stop,
            time.now() - failure.at < refusalMemory
        else { return nil }
        return error
    }

    /// Fetches for everybody. If the leader's own task is cancelled, another of those who wait takes over.
    private func lead() async throws -> Token<Purpose> {
        isFetching = true
        round += 1
        let leading = round
        defer {
            isFetching = false
            waiters.letAllGo()
        }
        do {
            let token = try await fetch()
            kept = Kept(token: token, fetched: time.now())
            failure = nil
            return token
        } catch {
            if !Task.isCancelled { failure = Failure(error: error, round: leading, at: time.now()) }
            throw error
        }
    }

    private func roundEnds() async {
        let (id, stream) = waiters.add()
        for await _ in stream {}
        _ = waiters.remove(id)
    }
}
